import { type LedgerEvent, ledgerEvents } from '@pf/contracts'
import { eventually } from '@pf/eventing/testing'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { addDays } from './domain/days.ts'
import { asking, ofType } from './testing/asking.ts'
import { connectionId, principal, type RunningExtraction, record, runExtraction } from './testing/running-extraction.ts'

/** A bank that tells of its last ninety days, and a user who was away for longer. */
let world: RunningExtraction
const { listed, syncNow, feeds, settled, shown } = asking(() => world)
beforeEach(async () => {
  world = await runExtraction({
    async open(sandboxUrl) {
      const short = await fetch(`${sandboxUrl}/__sandbox/institutions/SANDBOXFINANCE_SFIN0000`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ transaction_total_days: 90 }),
      })
      expect(short.status).toBe(200)
      return createMemoryPlatform({ config: { sandboxUrl } })
    },
  })
})
afterEach(() => world.stop())

const account = () => world.accounts[0] as RunningExtraction['accounts'][number]
const missedOf = async () =>
  (await feeds()).find(({ account_id }) => account_id === account().accountId)?.missed.map(({ from, to }) => [from, to])
const expectMissed = (days: string[][]) => eventually(async () => expect(await missedOf()).toEqual(days), 10_000)

async function storedSyncs() {
  await settled()
  await shown()
  return (await listed({ account_id: account().accountId })) ?? []
}

const importId = '018f0000-0000-7000-8000-00000000aa01'
const importOf = (from: string, to: string): LedgerEvent => ({
  type: 'StatementImported',
  data: {
    ...{ importId, accountId: account().accountId, source: 'file-csv', fileName: 'away.csv' },
    raw: { key: 'raw/x', sha256: '1'.repeat(64), bytes: 1 },
    window: { from, to },
    counts: { observed: 1, added: 1, matched: 0, held: 0 },
    ...{ normaliserVersion: 1, identityVersion: 1, files: [], decisionSeq: 3 },
    ...{ importedBy: principal.userId, importedAt: new Date().toISOString() },
  },
})
const takenBack = (): LedgerEvent => ({
  type: 'ImportTakenBack',
  data: {
    ...{ importId, accountId: account().accountId, gone: 1, files: [], decisionSeq: 4 },
    ...{ decidedBy: principal.userId, decidedAt: new Date().toISOString() },
  },
})
const tell = (event: LedgerEvent) => record(world.platform, ledgerEvents, account().accountId, [event])

describe('days that the bank does not tell of any more', () => {
  it('are told once, with the sync that could not reach them, until a statement file covers them', async () => {
    const [first] = await storedSyncs()
    const last = first?.window?.to ?? ''
    expect(first?.missed).toBeNull()
    await expectMissed([])

    await world.advance(120)
    await eventually(async () => expect(await listed({ account_id: account().accountId })).toHaveLength(2), 10_000)
    const [late] = await storedSyncs()
    const until = addDays(late?.window?.from ?? '', -1)
    expect(until > last).toBe(true)
    expect(late?.missed).toEqual({ from: last, to: until })
    await expectMissed([[last, until]])
    expect((await feeds()).flatMap(({ missed }) => missed.map((days) => days.connection_id))).toEqual(
      Array(3).fill(connectionId),
    )

    await syncNow()
    const [again] = await storedSyncs()
    expect(again).toMatchObject({ status: 'completed', missed: null })
    const events = await world.eventsOf(account().accountId)
    expect(ofType(events, 'DaysMissed').map(({ data }) => [data.from, data.to])).toEqual([[last, until]])

    await tell(importOf(addDays(last, -30), addDays(until, -2)))
    await expectMissed([[addDays(until, -1), until]])
    await tell(takenBack())
    await expectMissed([[last, until]])
    await tell(importOf(last, until))
    await expectMissed([])
  }, 60_000)
})
