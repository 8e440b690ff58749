import { fileURLToPath } from 'node:url'
import type { ManifestFile } from '@pf/contracts'
import type { Platform } from '@pf/service-kit'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { compactLake } from './application/compact-lake.ts'
import { storeSync } from './application/store-sync.ts'
import { sweepLake } from './application/sweep-lake.ts'
import { defaultLakeBounds } from './bounds.ts'
import { type BankRow, bankRow, ids } from './domain/builders.ts'
import { storageParts } from './start-storage.ts'
import { askLake, interimBooked, ledgerOf, ledgerSql, upstream } from './testing/upstream.ts'

const account = { spaceId: ids.space, accountId: ids.account }
const bounds = { ...defaultLakeBounds, compactFrom: 2 }
const atOnce = { replacedForMs: 0, orphanForMs: 0 }
const row = (n: number, over: BankRow = {}) =>
  bankRow({ id: `tx-000${n}`, amount: `-${n}.50`, text: `Shop ${n}`, ...over })

describe('the lake of an account', () => {
  let platform: Platform
  let bank: ReturnType<typeof upstream>
  let parts: ReturnType<typeof replica>

  /** A process of storage: its rows in memory are its own. */
  const replica = (of = platform) => ({ ...storageParts(of).fetched, objects: of.objects, ids: of.ids })

  beforeEach(async () => {
    platform = await createMemoryPlatform()
    bank = upstream(platform)
    await bank.link()
    parts = replica()
  })
  afterEach(() => platform.close())

  async function sync(n: number, booked: BankRow[], by = parts) {
    const fetched = {
      ...account,
      transactions: (await bank.transactions(n, booked)).data,
      balances: (await bank.balances(n, interimBooked)).data,
    }
    await storeSync(fetched, { commandId: `store-${n}` }, by)
    const stored = (await ledgerOf(platform)).flatMap((event) =>
      event.type === 'TransactionsStored' && event.data.syncId === ids.sync(n) ? [event.data] : [],
    )
    return stored[0]!
  }
  /** Rows that come, change and vanish: files of every kind. */
  async function history() {
    await sync(1, [row(1), row(2)])
    await sync(2, [row(1), row(2, { remittanceInformationUnstructured: 'Shop 2, corrected' }), row(3)])
    await sync(3, [row(1), row(3), bankRow({ amount: 'twelve' })])
    await sync(4, [row(1), row(3), row(4)])
  }

  async function manifest(): Promise<ManifestFile[]> {
    const events = await ledgerOf(platform)
    const replaced = new Set(events.flatMap(({ type, data }) => (type === 'LakeCompacted' ? data.replaced : [])))
    return events.flatMap(({ data }) => data.files as ManifestFile[]).filter(({ key }) => !replaced.has(key))
  }
  const filesOf = async (dataset: string) => (await manifest()).filter((file) => file.dataset === dataset)
  async function byManifest(sql: string) {
    const folder = fileURLToPath(platform.config.objectStoreUrl)
    const named = new Map<string, string>()
    for (const name of ['observations', 'decisions', 'balances', 'held']) {
      const paths = (await filesOf(name)).map(({ key }) => `'${folder}/${key}'`)
      named.set(name, `read_parquet([${paths.join()}], hive_partitioning = true)`)
    }
    return askLake(
      platform,
      sql.replaceAll(/\{(\w+)\}/g, (_, name) => named.get(name)!),
    )
  }
  const everything = async () => ({
    payments: await byManifest(ledgerSql),
    observations: await byManifest('select * exclude (day) from {observations} order by observation_id'),
    decisions: await byManifest('select * exclude (day) from {decisions} order by decision_seq'),
    balances: await byManifest('select * exclude (day) from {balances} order by sync_id'),
    held: await byManifest('select * exclude (day) from {held} order by held_id, sync_id, kind'),
  })
  async function objectsUnder(prefix: string): Promise<string[]> {
    const keys: string[] = []
    for await (const { key } of platform.objects.list(prefix)) keys.push(key)
    return keys.sort()
  }
  const compact = (by = parts) => compactLake(account, bounds, by)
  const sweep = (over = {}) => sweepLake({ ...bounds, ...over }, parts, new AbortController().signal)

  describe('compacted', () => {
    it('is fewer files with the same rows, each named with its own facts', async () => {
      await history()
      const before = await everything()
      expect(before.held).toHaveLength(2)
      const files = await manifest()
      expect(await compact()).toBe(files.length - 4)
      expect(await everything()).toEqual(before)
      for (const { key, bytes, rows, dataset } of await manifest()) {
        expect((await platform.objects.get(key)).length).toBe(bytes)
        const sum = files.filter((file) => file.dataset === dataset).reduce((total, file) => total + file.rows, 0)
        expect(rows).toBe(sum)
        expect(key).toMatch(/\/day=2026-10-31\/joined-/)
      }
    })

    it('is right for who globs the folder, all the while', async () => {
      await history()
      const distinct = `select distinct on (observation_id) * exclude (day) from {observations} order by observation_id`
      const decided = `select distinct on (account_id, decision_seq) * exclude (day) from {decisions} order by decision_seq`
      const before = [await askLake(platform, distinct), await askLake(platform, decided)]
      await compact()
      expect([await askLake(platform, distinct), await askLake(platform, decided)]).toEqual(before)
      await sweep(atOnce)
      expect([await askLake(platform, distinct), await askLake(platform, decided)]).toEqual(before)
    })

    it('is what the next sync is decided against, by rows in memory and by rows read again', async () => {
      await history()
      await compact()
      expect(await sync(5, [row(1), row(3), row(4)])).toMatchObject({ counts: { unchanged: 3 }, vanished: 0 })
      await compact()
      await sweep(atOnce)
      parts = replica()
      const next = await sync(6, [row(1), row(3), row(4), row(5)])
      expect(next).toMatchObject({ counts: { unchanged: 3, added: 1 }, vanished: 0 })
    })

    it('is compacted again when there is enough of new files, and not before', async () => {
      await history()
      await compact()
      expect(await compact()).toBe(0)
      await sync(5, [row(1), row(5)])
      expect(await compact()).toBeGreaterThan(0)
      expect(await filesOf('decisions')).toHaveLength(1)
    })

    it('counts once where two replicas compact, and takes in what is stored meanwhile', async () => {
      await history()
      const before = (await byManifest(ledgerSql)).length
      const other = replica()
      await Promise.all([compact(), compact(other), sync(5, [row(1), row(3), row(4), row(5)], other)])
      expect(await byManifest(ledgerSql)).toHaveLength(before + 1)
      const [{ n, known } = {}] = await byManifest(
        'select count(*)::integer as n, count(distinct decision_seq)::integer as known from {decisions}',
      )
      expect(n).toBe(known)
      const events = (await ledgerOf(platform)).filter(({ type }) => type === 'LakeCompacted')
      expect(events).toHaveLength(4)
    })

    it('is as it was where it dies between upload and event', async () => {
      await history()
      const before = await everything()
      const append = () => Promise.reject(new Error('killed'))
      await expect(compact(replica({ ...platform, eventLog: { ...platform.eventLog, append } }))).rejects.toThrow(
        'killed',
      )
      expect(await everything()).toEqual(before)
      expect(await sweep(atOnce)).toMatchObject({ orphans: 4, replaced: 0 })
      expect(await everything()).toEqual(before)
      expect(await compact()).toBeGreaterThan(0)
      expect(await everything()).toEqual(before)
    })
  })

  describe('swept', () => {
    it('loses replaced files when their readers had their time, and no others', async () => {
      await history()
      const all = await objectsUnder('lake/')
      await compact()
      expect(await sweep({ orphanForMs: 0 })).toMatchObject({ orphans: 0, replaced: 0 })
      const { replaced, bytes } = await sweep(atOnce)
      expect(replaced).toBe(all.length)
      expect(bytes).toBeGreaterThan(0)
      expect(await objectsUnder('lake/')).toEqual((await manifest()).map(({ key }) => key).sort())
    })

    it('loses files of attempts of which nothing will come any more', async () => {
      await history()
      const [file] = await filesOf('observations')
      const orphan = file!.key.replace(/-[0-9a-f]{8}\.parquet$/, '-00000000.parquet')
      await platform.objects.put(orphan, new Uint8Array([1]))
      expect(await sweep()).toMatchObject({ orphans: 0 })
      expect(await sweep(atOnce)).toMatchObject({ orphans: 1, replaced: 0, waiting: 0 })
      expect(await objectsUnder('lake/')).toEqual((await manifest()).map(({ key }) => key).sort())
    })

    it('keeps what a sync that is not stored yet may still name, however old', async () => {
      await history()
      const append = () => Promise.reject(new Error('killed'))
      const dying = replica({ ...platform, eventLog: { ...platform.eventLog, append } })
      await expect(sync(5, [row(1), row(3), row(4), row(5)], dying)).rejects.toThrow('killed')
      expect(await sweep(atOnce)).toMatchObject({ orphans: 0, waiting: 3 })
      await sync(5, [row(1), row(3), row(4), row(5)])
      // The observations and balances of the first attempt are the very files that count; its decisions are orphans.
      expect(await sweep(atOnce)).toMatchObject({ orphans: 1, waiting: 0 })
      expect(await byManifest(ledgerSql)).toMatchObject([{}, {}, {}, {}, {}])
    })
  })
})
