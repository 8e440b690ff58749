import { type ConnectionEvent, connectionEvents } from '@pf/contracts'
import { eventually } from '@pf/eventing/testing'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { asking } from './testing/asking.ts'
import { connectionId, type RunningExtraction, record, runExtraction } from './testing/running-extraction.ts'

/** What a consent that waits, or has ended at the bank, costs: against the sandbox bank that counts. */
const monzo = 'MONZO_MONZGB2L'
const hourMs = 3_600_000
let world: RunningExtraction
const { listed, syncNow, feeds, settled, shown, callsOf } = asking(() => world)
afterEach(() => world.stop())

/** The neighbour's fact. */
const tell = (event: ConnectionEvent) => record(world.platform, connectionEvents, connectionId, [event])
const rowsAsked = async () => {
  const calls = await Promise.all(world.accounts.map((account) => callsOf(account.providerAccountId, 'transactions')))
  return calls.flat() as { status: number }[]
}
const nextSyncs = async () =>
  (await feeds()).filter((feed) => feed.connection_id === connectionId).map((feed) => feed.next_sync_at)

/** Days of the bank, one by one: on each of them the scheduler had its round, for it has the neighbours read. */
async function passDays(days: number, neighbours: readonly { accountId: string }[]): Promise<void> {
  const readings = async ({ accountId }: { accountId: string }) => {
    const syncs = await listed({ account_id: accountId, limit: 200 })
    return syncs.filter((sync) => sync.status === 'storing').length
  }
  for (let day = 1; day <= days; day++) {
    const before = await Promise.all(neighbours.map(readings))
    await world.advance(1)
    await eventually(async () => {
      for (const [n, neighbour] of neighbours.entries()) {
        expect(await readings(neighbour)).toBeGreaterThan(before[n] ?? 0)
      }
    }, 10_000)
    await settled()
  }
}

/** The household at a bank whose consents are to be confirmed; its time is noon. */
const runAtMonzo = () =>
  runExtraction({
    institutionId: monzo,
    async open(sandboxUrl) {
      await fetch(`${sandboxUrl}/__sandbox/reset`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ scenario: 'household', institution: monzo, as_of: '2026-03-10T12:00:00Z' }),
      })
      return createMemoryPlatform({ config: { sandboxUrl } })
    },
  })

/** What the connection tells once the user has confirmed (these accounts, or all). */
async function confirm(accounts?: string[]): Promise<void> {
  const { agreementId, requisitionId, bank } = world
  const named = accounts === undefined ? {} : { accounts }
  await world.control('POST', `reconfirmations/${agreementId}`, { decision: 'confirm', ...named })
  const reconfirmedAt = (await bank.readReconfirmation!(agreementId))?.reconfirmedAt ?? ''
  await tell({ type: 'ConsentReconfirmed', data: { connectionId, requisitionId, reconfirmedAt } })
}

describe('a consent that waits to be confirmed', () => {
  it('costs no call and is not counted against its accounts; confirmed, the data is back', async () => {
    world = await runAtMonzo()
    const { requisitionId, agreementId, bank, accounts } = world
    expect(accounts).toHaveLength(3)
    await settled()
    await shown()
    const { dueAt, validTo, link } = await bank.reconfirm!(agreementId, {})
    await tell({ type: 'ReconfirmationDue', data: { connectionId, requisitionId, link, dueAt, validTo } })
    // An hour before, at eleven: it is read once more, and nothing is planned after that.
    await world.control('POST', 'clock', { set: new Date(Date.parse(dueAt) - hourMs).toISOString() })
    world.providers.forgetOffsets()
    await eventually(async () => {
      expect((await listed()).filter((sync) => sync.trigger === 'schedule')).toHaveLength(3)
      expect(await nextSyncs()).toEqual([null, null, null])
    }, 10_000)
    await settled()

    const neighbours = await world.linkNeighbour()
    await settled()
    const before = (await rowsAsked()).length
    await passDays(11, neighbours)
    await expect(syncNow()).rejects.toMatchObject({
      code: 'connection_not_active',
      detail: expect.stringContaining('confirm it first'),
    })
    expect(await nextSyncs()).toEqual([null, null, null])
    expect((await rowsAsked()).slice(before)).toEqual([])

    await confirm()
    await eventually(async () => {
      const again = (await rowsAsked()).slice(before)
      expect(again.map(({ status }) => status)).toEqual([200, 200, 200])
    }, 10_000)
    expect((await settled()).filter((sync) => sync.status === 'failed')).toEqual([])
  }, 60_000)

  it('for some accounts only goes on with those; the others are asked once and then left alone', async () => {
    world = await runAtMonzo()
    const { accounts, agreementId, requisitionId, bank } = world
    const [first, second, rejected] = accounts.map((account) => account.providerAccountId)
    await settled()
    await shown()
    const { dueAt, validTo, link, validFrom } = await bank.reconfirm!(agreementId, {})
    await tell({ type: 'ReconfirmationDue', data: { connectionId, requisitionId, link, dueAt, validTo } })
    await world.control('POST', 'clock', { set: validFrom })
    await confirm([first ?? '', second ?? ''])
    await world.control('POST', 'clock', { set: validTo })
    world.providers.forgetOffsets()

    const refusals = async () =>
      ((await callsOf(rejected ?? '', 'transactions')) as { status: number }[]).filter(({ status }) => status === 401)
    await eventually(async () => expect(await refusals()).toHaveLength(1), 10_000)
    await settled()
    await passDays(3, accounts.slice(0, 2))
    expect(await refusals()).toHaveLength(1)
    expect((await nextSyncs()).map((next) => next !== null).toSorted()).toEqual([false, true, true])
  }, 60_000)
})

describe('an account that the bank has suspended', () => {
  it('fails its sync in words that ask to reconnect, and costs no call once the consent has ended', async () => {
    world = await runExtraction()
    await settled()
    await shown()
    const { bank, accounts, requisitionId } = world
    const [{ providerAccountId }] = accounts as [RunningExtraction['accounts'][number]]
    await world.control('POST', 'faults', { path: `/accounts/${providerAccountId}/`, kind: 'bank_error', times: 10 })
    for (let failures = 1; failures <= 10; failures++) {
      await expect(bank.details(providerAccountId)).rejects.toMatchObject({ code: 'bank_error' })
    }

    const { run_id } = await syncNow()
    await settled()
    for (const sync of await listed({ run_id })) {
      expect(sync).toMatchObject({ status: 'failed', error: { code: 'account_suspended' }, retry_at: null })
    }
    const endedAt = await bank.now()
    await tell({ type: 'ConsentEnded', data: { connectionId, requisitionId, reason: 'revoked', endedAt } })
    await eventually(async () => {
      await expect(syncNow()).rejects.toMatchObject({ code: 'connection_not_active' })
    })
    const neighbours = await world.linkNeighbour()
    await settled()
    const before = (await rowsAsked()).length
    await passDays(5, neighbours)
    expect((await rowsAsked()).slice(before)).toEqual([])
    expect(await nextSyncs()).toEqual([null, null, null])
  }, 60_000)
})
