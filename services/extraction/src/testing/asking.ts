import { type FeedEvent, type FeedView, type Rest, requests } from '@pf/contracts'
import { eventually } from '@pf/eventing/testing'
import { connectionId, principal, type RunningExtraction } from './running-extraction.ts'

const operations = requests.extraction
const ended = ['storing', 'materialising', 'completed', 'partial', 'failed']

export type Asking = {
  /** Newest first. */
  listed(query?: object): Promise<Rest.Sync[]>
  syncNow(): Promise<Rest.SyncRun>
  feeds(): Promise<FeedView[]>
  /** Waits until no sync is queued or fetching. */
  settled(): Promise<Rest.Sync[]>
  /** Storage and analytics say that every fetched sync is in all answers. */
  shown(): Promise<void>
  /** What the bank was asked, as it counts. */
  callsOf(providerAccountId: string, scope: string): Promise<unknown[]>
}

/** What a spec asks of the world that stands at that moment. */
export function asking(world: () => RunningExtraction): Asking {
  const as = { principal }
  const bus = () => world().platform.bus
  const listed = async (query: object = {}) => (await bus().call(operations.syncs, query, as)).items
  const settled = () =>
    eventually(async () => {
      const syncs = await listed({ limit: 200 })
      expect(syncs.length).toBeGreaterThan(0)
      expect(syncs.filter((sync) => !ended.includes(sync.status))).toEqual([])
      return syncs
    }, 15_000)
  return {
    listed,
    syncNow: () => bus().call(operations.sync, { connectionId, commandId: `sync-${world().platform.ids.uuid()}` }, as),
    feeds: async () => (await bus().call(operations.feeds, {}, as)).items,
    settled,
    async shown() {
      for (const { id, account_id, status } of await settled()) {
        if (status === 'storing') await world().store(id, account_id)
      }
      await eventually(async () => {
        expect((await listed({ limit: 200 })).filter((sync) => !sync.finished_at)).toEqual([])
      }, 10_000)
    },
    async callsOf(providerAccountId, scope) {
      const { items } = await world().control('GET', `calls?account_id=${providerAccountId}&scope=${scope}`)
      return items as unknown[]
    },
  }
}

export const ofType = <T extends FeedEvent['type']>(events: FeedEvent[], type: T) =>
  events.filter((event): event is Extract<FeedEvent, { type: T }> => event.type === type)
