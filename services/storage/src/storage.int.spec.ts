import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { FeedEvent } from '@pf/contracts'
import type { EventLog } from '@pf/eventing'
import { openJetStreamLog } from '@pf/eventing/jetstream'
import { eventually, startNats } from '@pf/eventing/testing'
import type { Platform, Service } from '@pf/service-kit'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { storeSync } from './application/store-sync.ts'
import { bankRow, ids } from './domain/builders.ts'
import { startStorage, storageParts } from './start-storage.ts'
import { askLake, interimBooked, ledgerOf, ledgerSql, upstream, window } from './testing/upstream.ts'

const { space: spaceId, account: accountId } = ids

type OpenLog = () => Promise<{ eventLog?: EventLog; stop(): Promise<void> }>
const logs: [string, OpenLog][] = [
  ['in memory', async () => ({ stop: async () => {} })],
  [
    'on JetStream',
    async () => {
      const nats = await startNats()
      return { eventLog: await openJetStreamLog(await nats.connect(), { replicas: 1 }), stop: () => nats.stop() }
    },
  ],
]

describe.each(logs)('storage, its log %s', (_, openLog) => {
  let platform: Platform
  let stopLog: () => Promise<void>
  let service: Service | undefined
  let bank: ReturnType<typeof upstream>

  beforeEach(async () => {
    const { stop, ...log } = await openLog()
    stopLog = stop
    platform = { ...(await createMemoryPlatform()), ...log }
    bank = upstream(platform)
    await bank.link()
  })
  afterEach(async () => {
    await service?.stop()
    service = undefined
    await platform.close()
    await stopLog()
  })

  const stored = async () =>
    (await ledgerOf(platform)).flatMap((event) => (event.type === 'TransactionsStored' ? [event.data] : []))

  const arrives = <T>(question: () => Promise<T | undefined>): Promise<T> =>
    eventually(async () => {
      const answer = await question()
      if (answer === undefined) throw new Error('It has not come yet.')
      return answer
    })

  const storedOf = (n: number) => arrives(async () => (await stored()).find((data) => data.syncId === ids.sync(n)))

  const lake = (sql: string) => askLake(platform, sql)

  describe('while it runs', () => {
    beforeEach(async () => {
      service = await startStorage(platform)
    })

    it('describes a linked account, and keeps the holder out of the lake', async () => {
      await arrives(async () => (await ledgerOf(platform)).find((event) => event.type === 'AccountDescribed'))
      const [row, ...more] = await lake('select * from {accounts}')
      expect(more).toEqual([])
      expect(row).toMatchObject({
        account_id: accountId,
        name: 'Everyday',
        kind: 'current',
        iban_masked: '5555',
        institution_name: 'Test Bank',
        provider: 'sandbox',
        demo: true,
      })
      expect(JSON.stringify(row)).not.toMatch(/Robin|GB33BUKB/)
    })

    it('stores transactions and balances of a sync in one message', async () => {
      await bank.append(
        await bank.transactions(1, [bankRow({ id: 'tx-0001' }), bankRow({ amount: 'twelve' })]),
        await bank.balances(1, interimBooked),
      )
      expect(await storedOf(1)).toMatchObject({
        counts: { observed: 2, added: 1, updated: 0, unchanged: 0, held: 1 },
        decisionSeq: 1,
        window,
      })
      expect((await ledgerOf(platform)).filter((event) => event.type === 'BalancesStored')).toHaveLength(1)
      expect(await lake(ledgerSql)).toMatchObject([{ status: 'booked', date: '2026-10-05', amount: '-12.5000' }])
      expect(await lake('select balance_type, amount::varchar as amount, account from {balances}')).toEqual([
        { balance_type: 'interimBooked', amount: '1204.3300', account: accountId },
      ])
      expect(await lake('select row_index, reason from {held}')).toEqual([
        { row_index: 1, reason: 'amount_unparsable' },
      ])
    })

    it('names every file that it wrote, with its rows, bytes and hash', async () => {
      await bank.append(await bank.transactions(1, [bankRow(), bankRow()]))
      const { files } = await storedOf(1)
      expect(files.map(({ dataset, rows }) => [dataset, rows])).toEqual([
        ['observations', 2],
        ['decisions', 2],
      ])
      for (const file of files) {
        const bytes = await platform.objects.get(file.key)
        expect(file.bytes).toBe(bytes.length)
        expect(file.sha256).toBe(createHash('sha256').update(bytes).digest('hex'))
        expect(file.key).toBe(
          `lake/${file.dataset}/space=${spaceId}/account=${accountId}/day=2026-10-31/${ids.sync(1)}-${file.sha256.slice(0, 8)}.parquet`,
        )
      }
    })

    it('writes only what changed, and a pending payment keeps its id when it is booked', async () => {
      const steady = [bankRow({ id: 'tx-0001' }), bankRow({ id: 'tx-0002', amount: '900.00', text: 'Salary' })]
      const card = { text: 'Card payment Corner shop', amount: '-4.20' }
      await bank.append(await bank.transactions(1, steady, [bankRow({ ...card, date: '2026-10-30' })]))
      await storedOf(1)
      const before = await lake(ledgerSql)
      await bank.append(await bank.transactions(2, [...steady, bankRow({ ...card, date: '2026-10-31' })]))
      const second = await storedOf(2)
      expect(second.counts).toEqual({ observed: 3, added: 0, updated: 1, unchanged: 2, held: 0 })
      expect(second.files.map(({ rows }) => rows)).toEqual([1, 1])
      const after = await lake(ledgerSql)
      expect(after).toHaveLength(3)
      expect(after.map((row) => row['transaction_id']).sort()).toEqual(
        before.map((row) => row['transaction_id']).sort(),
      )
      expect(after.at(-1)).toMatchObject({ status: 'booked', date: '2026-10-31', amount: '-4.2000' })
    })

    it('changes nothing when a sync is told again', async () => {
      const told = [await bank.transactions(1, [bankRow()]), await bank.balances(1, interimBooked)]
      await bank.append(...told)
      await storedOf(1)
      await bank.append(...told)
      await bank.append(await bank.transactions(2, [bankRow()]))
      expect(await storedOf(2)).toMatchObject({ counts: { unchanged: 1, added: 0 }, files: [] })
      expect(
        (await ledgerOf(platform)).map((event) => event.type).filter((type) => type !== 'AccountDescribed'),
      ).toEqual(['TransactionsStored', 'SourceObserved', 'BalancesStored', 'TransactionsStored', 'SourceObserved'])
    })

    it('holds balances that it cannot read, and the transactions beside them go on', async () => {
      await bank.append(await bank.transactions(1, [bankRow()]), await bank.balances(1, { balances: 'none' }))
      await storedOf(1)
      expect(await lake('select section, reason from {held}')).toEqual([
        { section: 'balances', reason: 'payload_unreadable' },
      ])
    })

    it('stores answers in the order in which they came, though the first one has to be tried again', async () => {
      const shown = [bankRow({ id: 'tx-0001' })]
      const first = await bank.transactions(1, shown, [bankRow({ amount: '-3.00', date: '2026-10-30' })])
      const { key } = first.data.raw
      const sealed = await platform.objects.get(key)
      await platform.objects.delete(key)
      await bank.append(first)
      await bank.append(await bank.transactions(2, [...shown, bankRow({ id: 'tx-0002' })]))
      await platform.objects.put(key, sealed)
      await storedOf(2)
      expect((await stored()).map((data) => data.syncId)).toEqual([ids.sync(1), ids.sync(2)])
      expect((await lake(ledgerSql)).map((row) => [row['status'], row['missing_upstream']])).toEqual([
        ['booked', false],
        ['booked', false],
      ])
    })

    it('does not wait for an answer that nobody can read', async () => {
      const unreadable = await bank.transactions(1, [])
      const raw = await bank.land('call-1b', { transactions: 'none' })
      await bank.append({ ...unreadable, data: { ...unreadable.data, raw } })
      await bank.append(await bank.transactions(2, [bankRow()]))
      await storedOf(2)
      expect((await stored()).map((data) => data.syncId)).toEqual([ids.sync(2)])
    })

    it('goes on after a stop where it was, from the files alone', async () => {
      await bank.append(await bank.transactions(1, [bankRow({ id: 'tx-0001' }), bankRow({ id: 'tx-0002' })]))
      await storedOf(1)
      await service?.stop()
      service = await startStorage(platform)
      await bank.append(await bank.transactions(2, [bankRow({ id: 'tx-0001' })]))
      expect(await storedOf(2)).toMatchObject({ counts: { unchanged: 1 }, vanished: 1, decisionSeq: 3 })
      expect((await lake(ledgerSql)).map((row) => row['missing_upstream'])).toEqual([false, true])
    })
  })

  const asSync = (...events: FeedEvent[]) => ({
    spaceId,
    accountId,
    ...Object.fromEntries(
      events.map((event) => [event.type === 'TransactionsFetched' ? 'transactions' : 'balances', event.data]),
    ),
  })

  async function objectsUnder(prefix: string): Promise<string[]> {
    const keys: string[] = []
    for await (const { key } of platform.objects.list(prefix)) keys.push(key)
    return keys
  }

  it('leaves only orphans where it dies between upload and event, and the next attempt stores every row once', async () => {
    const sync = asSync(await bank.transactions(1, [bankRow(), bankRow()]))
    let alive = false
    const dying: Platform = {
      ...platform,
      eventLog: {
        ...platform.eventLog,
        append: (request) => (alive ? platform.eventLog.append(request) : Promise.reject(new Error('killed'))),
      },
    }
    const context = { commandId: 'store-1' }
    await expect(storeSync(sync, context, storageParts(dying).fetched)).rejects.toThrow('killed')
    expect(await objectsUnder('lake/')).toHaveLength(2)
    expect(await stored()).toEqual([])
    alive = true
    await storeSync(sync, context, storageParts(dying).fetched)
    await storeSync(sync, context, storageParts(dying).fetched)
    const [data, ...more] = await stored()
    expect(more).toEqual([])
    const present = await objectsUnder('lake/')
    for (const { key } of data!.files) expect(present).toContain(key)
    const named = data!.files.map(({ key }) => `'${fileURLToPath(platform.config.objectStoreUrl)}/${key}'`)
    const sql = `select count(distinct transaction_id)::integer as n, count(*)::integer as rows from read_parquet(${named[1]})`
    expect(await lake(sql)).toEqual([{ n: 2, rows: 2 }])
  })

  it('decides again where another replica was first', async () => {
    const replicas = [storageParts(platform).fetched, storageParts(platform).fetched]
    const rows = [bankRow({ id: 'tx-0001' }), bankRow({ id: 'tx-0002', amount: '-7.00' })]
    const syncs = [asSync(await bank.transactions(1, rows)), asSync(await bank.transactions(2, rows))]
    await Promise.all(syncs.map((sync, i) => storeSync(sync, { commandId: `store-${i}` }, replicas[i]!)))
    expect((await stored()).map(({ counts, decisionSeq }) => [counts.added, counts.unchanged, decisionSeq])).toEqual([
      [2, 0, 2],
      [0, 2, 2],
    ])
    const next = asSync(await bank.transactions(3, [...rows, bankRow({ id: 'tx-0003' })]))
    await storeSync(next, { commandId: 'store-3' }, replicas[0]!)
    expect((await stored()).at(-1)).toMatchObject({ counts: { added: 1, unchanged: 2 }, decisionSeq: 3 })
  })

  it('stores nothing of a raw object that is not the one that was landed', async () => {
    const fetched = await bank.transactions(1, [bankRow()])
    const sync = asSync({ ...fetched, data: { ...fetched.data, raw: { ...fetched.data.raw, sha256: 'f'.repeat(64) } } })
    await expect(storeSync(sync, { commandId: 'store-1' }, storageParts(platform).fetched)).rejects.toMatchObject({
      code: 'raw_object_changed',
    })
    expect(await stored()).toEqual([])
    expect(await objectsUnder('lake/')).toEqual([])
  })

  it('stands by the manifest: a lake file that changed is refused', async () => {
    const one = asSync(await bank.transactions(1, [bankRow()]))
    await storeSync(one, { commandId: 'store-1' }, storageParts(platform).fetched)
    const decided = (await stored())[0]!.files[1]!
    await platform.objects.put(decided.key, new Uint8Array([1, 2, 3]))
    const two = asSync(await bank.transactions(2, [bankRow()]))
    await expect(storeSync(two, { commandId: 'store-2' }, storageParts(platform).fetched)).rejects.toMatchObject({
      code: 'lake_file_changed',
    })
  })
})
