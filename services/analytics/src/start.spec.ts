import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type MartEvent, type Principal, requests } from '@pf/contracts'
import { createCommandHandler, decodePosition } from '@pf/eventing'
import type { Platform, Service } from '@pf/service-kit'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { mart } from './domain/mart.ts'
import { startAnalytics } from './start.ts'
import { account, balance, type LakeFolder, openLakeFolder, said, uuid } from './testing/lake.ts'
import { credulousLedger, newPrincipal, putRows, storeRows, syncStored, until } from './testing/running-analytics.ts'

const { analytics } = requests
type Rows = Parameters<LakeFolder['write']>

/** DuckDB files are opened and built here, perhaps on a busy machine. */
const patienceMs = 30_000

describe('the analytics service', () => {
  let platform: Platform
  let service: Service
  let lake: LakeFolder
  let principal: Principal
  let spaceId: string

  beforeAll(async () => {
    lake = await openLakeFolder()
  }, patienceMs)
  beforeEach(async () => {
    platform = await createMemoryPlatform()
    service = await startAnalytics(platform)
    principal = await newPrincipal(platform)
    spaceId = principal.spaceId
  }, patienceMs)
  afterEach(async () => {
    await service.stop()
    await platform.close()
  }, patienceMs)
  afterAll(() => lake.remove())

  /** What storage appends when a response became rows; answers the sync's id. */
  const store = (accountId: string, ...rows: Rows): Promise<string> =>
    storeRows(platform, lake, { spaceId, accountId }, ...rows)

  async function materialisedEvents(): Promise<MartEvent[]> {
    const { eventLog: log, keys: sealer, clock, ids } = platform
    const seen: MartEvent[] = []
    const evolve: typeof mart.decider.evolve = (state, event) => {
      seen.push(event)
      return mart.decider.evolve(state, event)
    }
    const handler = createCommandHandler({ ...mart, decider: { ...mart.decider, evolve } }, { log, sealer, clock, ids })
    await handler.load({ spaceId, aggregateId: spaceId })
    return seen
  }

  const syncsSeen = async (count: number) =>
    (await until(materialisedEvents, (events) => events.length >= count)).flatMap(({ data }) =>
      data.syncs.map(({ syncId }) => syncId),
    )
  const transactions = (who = principal) => platform.bus.call(analytics.transactions, {}, { principal: who })

  it(
    'sends an answer once to who has it already, until a sync has changed it',
    async () => {
      const ask = (knownTags: string[], who = principal) =>
        platform.bus.callTagged(analytics.transactions, {}, { principal: who, knownTags })
      const accountId = uuid(10)
      const row = (id: number) => said({ id, account: accountId, date: '2026-05-03', minor: -1234, text: 'TESCO' })
      const nothing = (await ask([])).tag ?? ''
      await store(accountId, account(accountId), row(1))
      await syncsSeen(1)
      expect((await ask([nothing])).body?.length).toBeGreaterThan(0)
      const first = (await ask([])).tag ?? ''
      expect(await ask([nothing, first])).toEqual({ body: undefined, tag: first })
      expect((await ask([first], await newPrincipal(platform))).body).toBeDefined()
      await store(accountId, row(2))
      await syncsSeen(2)
      const { body, tag } = await ask([first])
      expect(JSON.parse(new TextDecoder().decode(body)).items).toHaveLength(2)
      expect(tag).not.toBe(first)
    },
    patienceMs,
  )

  it(
    'answers with the rows of a sync once MartsMaterialised has named it',
    async () => {
      const accountId = uuid(10)
      const syncId = await store(
        accountId,
        account(accountId),
        balance(accountId, 1000, '2026-05-31T08:00:00Z'),
        said({ id: 1, account: accountId, date: '2026-05-03', minor: -1234, text: 'TESCO' }),
      )
      expect(await syncsSeen(1)).toEqual([syncId])

      const page = await transactions()
      expect(page.items).toMatchObject([{ id: uuid(1), amount: { amount: '-12.34', currency: 'GBP' } }])
      expect(decodePosition(page.as_of.log_position)).toEqual({ storage: 1 })
      const { items } = await platform.bus.call(analytics.accounts, {}, { principal })
      expect(items).toMatchObject([{ id: accountId, balances: { booked: { amount: '10.00' } } }])
      const spent = await platform.bus.call(analytics.spending, { group_by: 'category' }, { principal })
      expect(spent.items).toMatchObject([{ category: 'groceries', amount: { amount: '12.34' } }])
      const flow = await platform.bus.call(analytics.cashFlow, {}, { principal })
      expect(flow.items).toMatchObject([{ period: '2026-05', out: { amount: '-12.34' } }])
      const daily = await platform.bus.call(analytics.balances, { accountId }, { principal })
      expect(daily.items.at(-1)).toEqual({
        date: '2026-05-31',
        booked: { amount: '10.00', currency: 'GBP' },
        source: 'bank',
      })
    },
    patienceMs,
  )

  it(
    'names every sync once when many arrive at the same time',
    async () => {
      const stored = await Promise.all(
        Array.from({ length: 12 }, (_, n) =>
          store(uuid(100 + n), said({ id: n + 1, account: uuid(100 + n), date: '2026-05-03', minor: -100 })),
        ),
      )
      expect((await syncsSeen(12)).sort()).toEqual([...stored].sort())
      expect((await transactions()).totals?.count).toBe(12)
    },
    patienceMs,
  )

  it(
    'is not held up by a file that cannot be read, and takes it in when it can',
    async () => {
      const first = await store(uuid(12), said({ id: 3, account: uuid(12), date: '2026-05-03', minor: -1 }))
      await syncsSeen(1)
      const rows = said({ id: 1, account: uuid(10), date: '2026-05-03', minor: -1 })
      const files = await putRows(platform, lake, rows)
      const bytes = new Map(
        await Promise.all(files.map(async ({ key }) => [key, await platform.objects.get(key)] as const)),
      )
      for (const { key } of files) await platform.objects.delete(key)
      const ledger = credulousLedger(platform)
      const lost = randomUUID()
      const at = { spaceId, aggregateId: uuid(10) }
      await ledger.handle(at, [syncStored(lost, uuid(10), files)], { commandId: lost })
      const found = await store(uuid(11), said({ id: 2, account: uuid(11), date: '2026-05-03', minor: -1 }))
      expect(await syncsSeen(2)).toEqual([first, found])

      for (const [key, body] of bytes) await platform.objects.put(key, body)
      expect(await syncsSeen(3)).toEqual([first, found, lost])
      expect((await transactions()).totals?.count).toBe(3)
    },
    patienceMs,
  )

  it(
    'goes on after a stop, and says nothing twice',
    async () => {
      const first = await store(uuid(10), said({ id: 1, account: uuid(10), date: '2026-05-03', minor: -1 }))
      await syncsSeen(1)
      await service.stop()
      const second = await store(uuid(10), said({ id: 2, account: uuid(10), date: '2026-05-04', minor: -2 }))
      service = await startAnalytics(platform)
      expect(await syncsSeen(2)).toEqual([first, second])
      expect((await transactions()).totals?.count).toBe(2)
    },
    patienceMs,
  )

  it(
    'builds the marts of a space anew when their folder is gone',
    async () => {
      await store(uuid(10), said({ id: 1, account: uuid(10), date: '2026-05-03', minor: -1 }))
      await syncsSeen(1)
      await service.stop()
      await rm(join(platform.config.dataDir, 'marts'), { recursive: true })
      service = await startAnalytics(platform)
      expect((await transactions()).totals?.count).toBe(1)
    },
    patienceMs,
  )

  it(
    'is alone on its folder until it has stopped',
    async () => {
      await expect(startAnalytics(platform)).rejects.toThrow('analytics_folder_in_use')
      await service.stop()
      service = await startAnalytics(platform)
      expect((await transactions()).items).toEqual([])
    },
    patienceMs,
  )

  it(
    'shows one space nothing of another',
    async () => {
      await store(uuid(10), said({ id: 1, account: uuid(10), date: '2026-05-03', minor: -1 }))
      await syncsSeen(1)
      const stranger = await newPrincipal(platform)
      expect((await transactions(stranger)).items).toEqual([])
      await expect(
        platform.bus.call(analytics.balances, { accountId: uuid(10) }, { principal: stranger }),
      ).rejects.toMatchObject({ code: 'account_not_found' })
    },
    patienceMs,
  )

  it(
    'refuses an impossible day in words',
    async () => {
      await expect(
        platform.bus.call(analytics.spending, { date_from: '2026-02-30' }, { principal }),
      ).rejects.toMatchObject({ code: 'invalid_input', detail: expect.stringContaining('date_from') })
    },
    patienceMs,
  )

  it(
    'names the tables that the owner may ask, and answers their SQL',
    async () => {
      await store(uuid(10), said({ id: 1, account: uuid(10), date: '2026-05-03', minor: -1250 }))
      await syncsSeen(1)
      const { items, as_of } = await platform.bus.call(analytics.datasets, {}, { principal })
      const rows = items.find(({ name }) => name === 'fct_transactions')
      expect(rows).toMatchObject({ grain: expect.stringMatching(/^one row per transaction/), rows: 1 })
      expect(rows?.columns).toContainEqual({
        name: 'amount',
        type: 'DECIMAL(20,4)',
        description: expect.stringContaining('debit negative'),
      })
      // What has no words in the dbt project would be a table that nobody described.
      expect(items.flatMap(({ columns }) => columns.filter(({ description }) => description === ''))).toEqual([])
      const sql = 'select amount from fct_transactions'
      const answer = await platform.bus.call(analytics.query, { sql }, { principal, deadlineMs: patienceMs })
      expect(answer).toMatchObject({ columns: [{ name: 'amount' }], rows: [['-12.5000']], truncated: false, as_of })
      const refused = platform.bus.call(analytics.query, { sql: 'selec' }, { principal, deadlineMs: patienceMs })
      await expect(refused).rejects.toMatchObject({ code: 'query_invalid' })
    },
    patienceMs,
  )

  it(
    "keeps the owner's queries, for them alone",
    async () => {
      const saving = { queryId: uuid(50), name: 'Rent', sql: 'select 1', commandId: 'save' }
      const saved = await platform.bus.call(analytics.saveQuery, saving, { principal })
      expect(saved).toMatchObject({ id: uuid(50), name: 'Rent', sql: 'select 1' })
      expect(await platform.bus.call(analytics.savedQueries, {}, { principal })).toEqual({ items: [saved] })
      const stranger = await newPrincipal(platform)
      expect(await platform.bus.call(analytics.savedQueries, {}, { principal: stranger })).toEqual({ items: [] })
      const removing = { id: uuid(50), commandId: 'remove' }
      await expect(platform.bus.call(analytics.deleteQuery, removing, { principal: stranger })).rejects.toMatchObject({
        code: 'query_not_found',
      })
      await platform.bus.call(analytics.deleteQuery, removing, { principal })
      expect(await platform.bus.call(analytics.savedQueries, {}, { principal })).toEqual({ items: [] })
    },
    patienceMs,
  )
})
