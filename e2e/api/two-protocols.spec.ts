import type { Rest } from '@pf/contracts'
import { bank, Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { System } from '../src/system.ts'
import { expectTruth } from '../src/truth.ts'

const enableBanking = 'Sandbox_Finance_(Enable_Banking)~GB'

/** The demo household by both protocols of its bank, on one set of accounts. */
describe('one household by two protocols', () => {
  let system: System
  let sam: Client
  let goCardless: string
  let other: string
  let accountIds: string[]
  beforeAll(async () => {
    system = await System.start()
    sam = await Client.registered(system)
    goCardless = await sam.connectDemoBank()
    await sam.settled({ connection_id: goCardless })
    accountIds = (await sam.accounts()).map(({ id }) => id).sort()
  }, 180_000)
  afterAll(() => system.end(), 60_000)

  const view = (id: string) => sam.get<Rest.Connection>(`/connections/${id}`)
  const passDays = (days: number) => bank(system, 'POST', '/__sandbox/clock', { advance_days: days })
  const held = async () => (await sam.get<{ items: Rest.HeldItem[] }>('/held?limit=200')).items
  const rowIds = async () => (await sam.transactions()).map(({ id }) => id).sort()
  const sync = async (connection: string): Promise<Rest.Sync[]> => {
    const run = await sam.expect<Rest.SyncRun>(202, 'POST', `/connections/${connection}/sync`)
    return sam.settled({ run_id: run.run_id })
  }
  const sumOf = (syncs: Rest.Sync[], what: 'added' | 'observed') =>
    syncs.reduce((sum, one) => sum + (one[what] ?? 0), 0)
  const allSyncs = async () => [
    ...(await sam.settled({ connection_id: goCardless })),
    ...(await sam.settled({ connection_id: other })),
  ]

  /** What all syncs add while `work` goes on, whoever asked for them, and how many payments there are that were not before. */
  const addedBy = async (work: () => Promise<unknown>): Promise<{ added: number; came: number }> => {
    const [syncs, rows] = [new Set((await allSyncs()).map(({ id }) => id)), new Set(await rowIds())]
    await work()
    const added = sumOf(
      (await allSyncs()).filter(({ id }) => !syncs.has(id)),
      'added',
    )
    return { added, came: (await rowIds()).filter((id) => !rows.has(id)).length }
  }

  /** All that has to hold at any time: one set of accounts, nothing to decide, every row as at the bank. */
  const expectOneHousehold = async (): Promise<number> => {
    expect((await sam.accounts()).map(({ id }) => id).sort()).toEqual(accountIds)
    expect(await held()).toEqual([])
    return eventually(() => expectTruth(system, sam), 30_000)
  }

  it('is offered under two names, of which one opens the demo', async () => {
    const { items } = await sam.get<{ items: Rest.Institution[] }>('/institutions?country=GB&q=sandbox')
    expect(items.map(({ id, provider, demo }) => ({ id, provider, demo }))).toEqual([
      { id: 'SANDBOXFINANCE_SFIN0000', provider: 'sandbox', demo: true },
      { id: enableBanking, provider: 'sandbox-eb', demo: true },
    ])
  })

  it('is one set of accounts, with each payment once', async () => {
    const before = await rowIds()
    other = await sam.connectDemoBank(enableBanking)
    const syncs = await sam.settled({ connection_id: other })
    expect(syncs.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed'])
    expect((await view(other)).accounts.toSorted()).toEqual(accountIds)
    expect((await view(goCardless)).accounts.toSorted()).toEqual(accountIds)
    // The whole history was told again, and nothing of it was new.
    expect(sumOf(syncs, 'observed')).toBe(before.length)
    expect(sumOf(syncs, 'added')).toBe(0)
    expect(await rowIds()).toEqual(before)
    expect(await expectOneHousehold()).toBeGreaterThan(1_000)
  }, 120_000)

  it('gets each row of a later day once, whichever protocol is asked first', async () => {
    for (const order of [
      [goCardless, other],
      [other, goCardless],
      [goCardless, other],
    ]) {
      const { added, came } = await addedBy(async () => {
        await passDays(2)
        for (const connection of order) {
          await sync(connection)
          // Already the first one tells all: the bank's late row (third day) as well, of a day that both had told.
          await expectOneHousehold()
        }
      })
      expect(came).toBeGreaterThan(0)
      expect(added).toBe(came)
    }
  }, 180_000)

  it('gets them once where both are asked at the same time', async () => {
    const { added, came } = await addedBy(async () => {
      await passDays(1)
      await Promise.all([sync(goCardless), sync(other)])
      await expectOneHousehold()
      expect(await sam.expect(202, 'POST', '/demo/advance', { days: 1 })).toMatchObject({ runs: [{}, {}] })
      await allSyncs()
      await expectOneHousehold()
    })
    expect(added).toBe(came)
  }, 120_000)

  it('spends each protocol’s own calls', async () => {
    const quota = async (id: string) =>
      (await view(id)).quota.filter(({ scope }) => scope === 'transactions').map(({ remaining }) => remaining)
    await passDays(1.1)
    // Both have been read today, so that nothing of the schedule falls into what follows.
    for (const connection of [goCardless, other]) await sync(connection)
    await allSyncs()
    const left = await quota(other)
    for (let calls = (await quota(goCardless))[0] ?? 0; calls > 0; calls--) await sync(goCardless)
    const refused = await sam.call<Rest.Problem>('POST', `/connections/${goCardless}/sync`)
    expect([refused.status, refused.body.code]).toEqual([429, 'quota_exhausted'])
    expect([await quota(goCardless), await quota(other)]).toEqual([[0, 0, 0], left])
    const syncs = await sync(other)
    expect(syncs.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed'])
  }, 120_000)

  it('goes on with the same accounts once the consent of one is renewed', async () => {
    const { link } = await sam.expect<{ link: string }>(200, 'POST', `/connections/${other}/renew`)
    await sam.consent(link, 'grant')
    await sam.settled({ connection_id: other })
    expect((await view(other)).accounts.toSorted()).toEqual(accountIds)
    const { added, came } = await addedBy(async () => {
      await passDays(2)
      await sync(other)
      await expectOneHousehold()
    })
    expect([came > 0, added]).toEqual([true, came])
  }, 120_000)

  it('goes on by one where the other is removed', async () => {
    const before = await rowIds()
    await sam.expect(204, 'DELETE', `/connections/${goCardless}`)
    await passDays(2)
    await sync(other)
    await expectOneHousehold()
    expect((await rowIds()).length).toBeGreaterThan(before.length)
    expect((await rowIds()).filter((id) => before.includes(id)).length).toBeGreaterThan(1_000)
    const calls = await bank<{ items: { path: string; status: number }[] }>(system, 'GET', '/__sandbox/calls')
    expect(calls.items.filter(({ path }) => path.includes('/requisitions/')).at(-1)).toMatchObject({ status: 200 })
  }, 120_000)
})
