import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Rest, requests } from '@pf/contracts'
import { eventually, startNats, startPostgres } from '@pf/eventing/testing'
import { openPlatform, platformConfig } from '@pf/service-kit'
import { startExtraction } from './start.ts'
import { connectionId, principal, type RunningExtraction, runExtraction } from './testing/running-extraction.ts'

const operations = requests.extraction
let world: RunningExtraction
/** What was started, ended in the other order, however far the start came. */
const undo: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'pf-extraction-servers-'))
  undo.unshift(() => rm(dataDir, { recursive: true, force: true }))
  const nats = await startNats()
  undo.unshift(() => nats.stop())
  const postgres = await startPostgres()
  undo.unshift(() => postgres.stop())
  const environment = { PF_DATA_DIR: dataDir, NATS_URL: `nats://${nats.url}`, DATABASE_URL: postgres.url }
  world = await runExtraction({
    open: (sandboxUrl) => {
      const config = platformConfig({ ...environment, PF_SANDBOX_URL: sandboxUrl, LOG_LEVEL: 'silent' })
      return openPlatform(config, { name: 'extraction' })
    },
  })
  undo.unshift(() => world.stop())
  const replica = await startExtraction(world.platform, { providers: world.providers, tickMs: 20 })
  undo.unshift(() => replica.stop())
}, 120_000)

afterAll(async () => {
  for (const step of undo) await step()
}, 60_000)

const as = { principal }
const listed = async (): Promise<Rest.Sync[]> =>
  (await world.platform.bus.call(operations.syncs, { limit: 200 }, as)).items

const reached = (status: Rest.SyncStatus, count: number): Promise<Rest.Sync[]> =>
  eventually(async () => {
    const syncs = await listed()
    expect(syncs.map((sync) => sync.status)).toEqual(Array(count).fill(status))
    return syncs
  }, 20_000)

const callCount = async (scope: string): Promise<number> =>
  ((await world.control('GET', `calls?scope=${scope}`))['items'] as unknown[]).length

describe('two replicas on NATS and Postgres', () => {
  it('fetch a new consent once', async () => {
    const syncs = await reached('storing', 3)
    expect(new Set(syncs.map((sync) => sync.run_id)).size).toBe(1)
    expect(await callCount('transactions')).toBe(3)
    expect(await callCount('balances')).toBe(3)
  })

  it('complete it once storage and the marts have its rows', async () => {
    for (const { id, account_id } of await listed()) await world.store(id, account_id)
    const syncs = await reached('completed', 3)
    for (const sync of syncs) {
      expect(sync).toMatchObject({ added: 2, calls: 2, window: { to: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) } })
      expect(sync.requested_at).toMatch(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/)
    }
    const { items } = await world.platform.bus.call(operations.feeds, { connectionId }, as)
    expect(items).toHaveLength(3)
    for (const { quota, last_sync, next_sync_at } of items) {
      expect(last_sync).toMatchObject({ status: 'completed', error: null })
      expect(quota[0]).toMatchObject({ limit: 4, remaining: 3 })
      expect(Date.parse(next_sync_at ?? '')).toBeGreaterThan(Date.now())
    }
  })

  it('make one daily sync per account when the day comes', async () => {
    await world.advance(1)
    await eventually(async () => {
      const scheduled = (await listed()).filter((sync) => sync.trigger === 'schedule')
      expect(scheduled.map((sync) => sync.status)).toEqual(['storing', 'storing', 'storing'])
    }, 20_000)
    expect(await callCount('transactions')).toBe(6)
    expect(await listed()).toHaveLength(6)
  })

  it('page through the syncs', async () => {
    const all = await listed()
    const { bus } = world.platform
    const first = await bus.call(operations.syncs, { limit: 4 }, as)
    const second = await bus.call(operations.syncs, { limit: 4, cursor: first.next_cursor ?? '' }, as)
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(all.map(({ id }) => id))
  })
})
