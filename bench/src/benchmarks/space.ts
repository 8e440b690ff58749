/**
 * One space, from the consent to the last query: everything of targets.md that a user of a large space meets. Sums are
 * compared with the bank's truth before a time is printed. `--size 10k|200k|1m`, `--syncs N` days of a hundred new rows.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Rest, requests } from '@pf/contracts'
import { Client } from '@pf/e2e/client'
import { root, System } from '@pf/e2e/system'
import { type Bare, bareDuckdb, type Latency, latencyOf, measured } from '../bare-duckdb.ts'
import { type Line, quantile, report } from '../report.ts'
import { rowsOf, sizeAsked } from '../sizes.ts'
import { openBulkBank, seed, truthOf, warmBank } from '../system/bulk-bank.ts'
import { completed, expectTruth, sumsOf } from '../system/bulk-space.ts'
import { type Door, openDoor, type Steps } from '../system/door.ts'
import { bytesUnder, environmentOf, memoryOf, processorMs } from '../system/processes.ts'

const size = sizeAsked()
const runs = 200
const credentials = { username: 'bench', password: 'correct horse battery' }
const lines: Line[] = []
const line = (what: string, measured: string, target = '') => {
  lines.push({ what, measured, target })
  process.stdout.write(`  ${what}: ${measured}\n`)
}
/** Twice: what was measured is kept whatever becomes of the replay. */
const write = () =>
  report(
    `space ${size.name}`,
    `${rowsOf(size).toLocaleString('en')} rows in ${size.accounts} accounts, seed "${seed}", ${runs} runs each`,
    lines,
  )
const ms = (value: number) => (value < 10 ? value.toFixed(1) : value.toFixed(0))
const both = ({ p50, p99 }: Latency) => `${ms(p50)} / ${ms(p99)} ms`
const rate = (rows: number, spentMs: number) => `${Math.round((rows / spentMs) * 1000).toLocaleString('en')} tx/s`
const isLarge = size.name === '1m'

const startedAt = performance.now()
const system = await System.start({ env: { PF_RATE_PER_USER: '0', PF_RATE_PER_ADDRESS: '0' } })
const firstStartMs = performance.now() - startedAt
let door: Door | undefined
let bare: Bare | undefined
try {
  const client = await Client.registered(system, credentials.username)
  const login = () => client.login(credentials)
  door = await openDoor(system, client)
  const lake = join(system.dataDir, 'objects', 'lake')
  const services = () => system.pidOf('services')

  line('memory of the services, idle, nothing in it', `${ms(memoryOf(services()).nowMb)} MB`)

  // --- everything the bank has -------------------------------------------------------------------
  await openBulkBank(system, size)
  await truthOf(system)
  await warmBank(system, dayAgo(729))
  const processorBefore = processorMs(services())
  const pages = watchPages(client)
  const connection = await client.connectDemoBank()
  const first = await completed(client, { connection_id: connection }, 20, 900_000)
  const loading = await pages.stop()
  const processorSpent = processorMs(services()) - processorBefore
  const rows = await expectTruth(system, client)
  if (rows !== rowsOf(size)) throw new Error(`Found ${rows} rows, expected ${rowsOf(size)}.`)
  const accountIds = first.syncs.map(({ account_id }) => account_id)
  const fetched = await door.fetchedAt(accountIds)
  const lastByte = Math.min(...first.syncs.map(({ id }) => fetched.get(id) ?? Number.NaN))
  const ingestMs = Math.max(...first.at.values()) - lastByte
  line('ingest: first answer of the bank → all in every answer', rate(rows, ingestMs), '≥ 50,000 tx/s')
  line(
    '· that is, with what the services did before and after it in processor time',
    `${ms(ingestMs)} ms, ${ms(processorSpent)} ms of two cores`,
  )
  line(
    'GET /transactions?limit=50 meanwhile, p50 / p95 / p99',
    [0.5, 0.95, 0.99]
      .map((share) => ms(quantile(loading, share)))
      .join(' / ')
      .concat(' ms'),
    'p95 ≤ 150 ms',
  )
  const afterLoad = memoryOf(services())
  line('memory of the services after it, its peak', `${ms(afterLoad.nowMb)} / ${ms(afterLoad.peakMb)} MB`)

  // --- the questions -----------------------------------------------------------------------------
  await login()
  bare = await bareDuckdb(lake, system.dataDir)
  const loadRate = rate(bare.rows, bare.loadMs)
  line('bare DuckDB: the same rows from the same Parquet into one table', loadRate)
  await askAll(client, door, bare)

  // --- a hundred new rows a day -------------------------------------------------------------------
  await login()
  await client.expect(204, 'DELETE', `/connections/${connection}?erase=false`)
  await openBulkBank(system, size, 1)
  await hundredRows(client, door, accountIds)
  line('· bare DuckDB: inserted into one table, p50 / p99', both(await bare.hundredRows(runs)))

  // --- what it takes -------------------------------------------------------------------------------
  await login()
  const { count } = await sumsOf(client, {})
  const bytes = bytesUnder(lake) + bytesUnder(join(system.dataDir, 'marts'))
  line('disk: Parquet and marts, bytes a transaction', (bytes / count).toFixed(0), '≤ 120')
  const after = memoryOf(services())
  line(
    'memory of the services after all of this, its peak',
    `${ms(after.nowMb)} / ${ms(after.peakMb)} MB`,
    `≤ ${isLarge ? 700 : 450} MB`,
  )
  bare.close()
  bare = undefined
  await door.close()
  door = undefined

  // --- starts ------------------------------------------------------------------------------------
  const before = await sumsOf(client, { status: 'booked' })
  const cold = await coldStart()
  line(
    'cold start, built, data there: `npm start` → ready; the services alone',
    `${(cold.allMs / 1000).toFixed(1)} / ${(cold.servicesMs / 1000).toFixed(1)} s`,
    '≤ 5 / 2 s',
  )
  line('· the first start of all: an empty folder', `${(firstStartMs / 1000).toFixed(1)} s`)
  await system.stop()
  rmSync(join(system.dataDir, 'marts'), { recursive: true })
  await system.start()
  await login()
  const rebuildFrom = performance.now()
  const rebuilt = await sumsOf(client, { status: 'booked' })
  const rebuildMs = performance.now() - rebuildFrom
  if (JSON.stringify(rebuilt) !== JSON.stringify(before)) throw new Error('The rebuilt marts have other sums.')
  line(
    'marts rebuilt from Parquet, to the first answer',
    `${rate(count, rebuildMs)} (bare DuckDB ${loadRate})`,
    '≥ 200,000 tx/s',
  )
  write()

  const replayMs = await replayFromRaw()
  if (JSON.stringify(await sumsOf(client, { status: 'booked' })) !== JSON.stringify(before))
    throw new Error('The marts have other sums after the replay.')
  line('lake and marts made again from raw responses, compared, switched', rate(count, replayMs), '≥ 60,000 tx/s')
  write()
} finally {
  bare?.close()
  await door?.close()
  await system.end()
}

/** The latest rows, ten times a second, until it is stopped. */
function watchPages(client: Client) {
  const latencies: number[] = []
  let loading = true
  const watching = (async () => {
    while (loading) {
      const at = performance.now()
      await client.get('/transactions?limit=50')
      latencies.push(performance.now() - at)
      await wait(Math.max(0, 100 - (performance.now() - at)))
    }
  })()
  return {
    async stop() {
      loading = false
      await watching
      return latencies
    },
  }
}

async function askAll(client: Client, { bus, principal }: Door, plain: Bare): Promise<void> {
  const words = searchWords()
  const questions = [
    {
      name: 'month × category over all years',
      target: isLarge ? '≤ 25 ms' : '≤ 15 ms',
      door: () => bus.call(requests.analytics.spending, { group_by: 'month,category' }, { principal }),
      path: () => '/analytics/spending?group_by=month,category',
      bare: () => plain.monthByCategory(runs),
    },
    {
      name: 'latest 50',
      target: isLarge ? '≤ 20 ms' : '≤ 15 ms',
      door: () => bus.call(requests.analytics.transactions, { limit: 50 }, { principal }),
      path: () => '/transactions?limit=50',
      bare: () => plain.latest(runs),
    },
    {
      name: 'search, as you type, each word once',
      target: isLarge ? '≤ 110 ms' : '≤ 50 ms',
      door: (n: number) => bus.call(requests.analytics.transactions, { q: words[n] ?? '', limit: 50 }, { principal }),
      path: (n: number) => `/transactions?limit=50&q=${encodeURIComponent(words[runs + n] ?? '')}`,
      bare: () => plain.search(runs, words),
    },
    {
      name: 'net worth by month',
      target: '≤ 10 ms',
      door: () => bus.call(requests.analytics.netWorth, { interval: 'month' }, { principal }),
      path: () => '/analytics/net-worth?interval=month',
      bare: () => plain.netWorth(runs),
    },
  ]
  for (const { name, target, door, path, bare } of questions) {
    const atDoor = await measured(runs, door)
    const gateway = await measured(runs, (n) => client.get(path(n)))
    const alone = await bare()
    line(
      `${name}, p50 / p99: at analytics' door`,
      `${both(atDoor)} (× ${(atDoor.p50 / alone.p50).toFixed(1)} of bare)`,
      target,
    )
    line('· through the gateway', both(gateway))
    line('· bare DuckDB', both(alone))
  }
}

/** Pieces of what stands in the rows, no two alike: what a person types on the way to a word. */
function searchWords(): string[] {
  const texts = [
    'tesco stores 3312',
    'orchard lane greengrocer',
    'meridian fuel 118',
    'harbour fish bar',
    'northbank books',
  ]
  const words = new Set<string>()
  for (let length = 2; words.size < 2 * runs; length++)
    for (const text of texts)
      for (let at = 0; at + length <= text.length; at++) words.add(text.slice(at, at + length).trim())
  return [...words]
}

/** The bank's day moves on by one, again and again: its hundred new rows, from their last byte to where all answers show them. */
async function hundredRows(client: Client, { fetchedAt, steps }: Door, accountIds: readonly string[]): Promise<void> {
  const syncs = Number(process.argv[process.argv.indexOf('--syncs') + 1]) || runs
  const connection = await client.connectDemoBank()
  await completed(client, { connection_id: connection }, 5)
  const ends = new Map<string, number>()
  const memory: number[] = []
  const before = await sumsOf(client, {})
  for (let day = 1; day <= syncs; day++) {
    if (day % 80 === 0) {
      await client.login(credentials)
      const { link } = await client.expect<{ link: string }>(200, 'POST', `/connections/${connection}/renew`)
      await client.consent(link, 'grant')
    }
    const { runs: started } = await client.expect<{ runs: Rest.SyncRun[] }>(202, 'POST', '/demo/advance', { days: 1 })
    for (const { run_id } of started)
      for (const [id, at] of (await completed(client, { run_id }, 2)).at) ends.set(id, at)
    if (day % 25 === 0) memory.push(memoryOf(system.pidOf('services')).nowMb)
  }
  const { count } = await sumsOf(client, {})
  if (count - before.count !== 100 * syncs)
    throw new Error(`Found ${count - before.count} new rows, expected ${100 * syncs}.`)
  await expectTruth(system, client)
  const starts = await fetchedAt(accountIds)
  const samples = [...ends].flatMap(([id, end]) => (starts.has(id) ? [end - (starts.get(id) ?? 0)] : []))
  if (samples.length < syncs) throw new Error(`${samples.length} of ${syncs} syncs were measured.`)
  line('100 new rows: last byte → every answer, p50 / p99', both(latencyOf(samples)), 'p50 ≤ 100, p99 ≤ 250 ms')
  line('· of it, p50 / p99', parts(ends, starts, await steps()))
  line(
    `· memory after each 25 of ${syncs} such syncs`,
    memory
      .map((mb) => mb.toFixed(0))
      .join(', ')
      .concat(' MB'),
    'flat',
  )
}

/** Of a sync's way, from one step that the log has to the next. */
function parts(ends: Map<string, number>, starts: Map<string, number>, steps: Map<string, Steps>): string {
  const way = [
    ['balances, kept', 'fetched'],
    ['lake', 'stored'],
    ['marts', 'shown'],
    ['noted', 'completed'],
    ['asked', 'seen'],
  ] as const
  const spent = way.map((): number[] => [])
  for (const [id, seen] of ends) {
    let before = starts.get(id)
    for (const [n, [, step]] of way.entries()) {
      const at = step === 'seen' ? seen : steps.get(id)?.[step]
      if (before !== undefined && at !== undefined) spent[n]?.push(at - before)
      before = at
    }
  }
  return way.map(([name], n) => `${name} ${both(latencyOf(spent[n] ?? []))}`).join(', ')
}

async function coldStart(): Promise<{ allMs: number; servicesMs: number }> {
  await system.stop()
  const from = performance.now()
  let servicesAt = Number.NaN
  const watching = setInterval(() => {
    if (Number.isNaN(servicesAt) && system.output.includes('Starting the services')) servicesAt = performance.now()
  }, 5)
  await system.start()
  clearInterval(watching)
  const now = performance.now()
  return { allMs: now - from, servicesMs: now - servicesAt }
}

/** `npm run replay -- --from raw` while the system runs; a process of its own, its start included. */
async function replayFromRaw(): Promise<number> {
  const from = performance.now()
  const replay = spawn(process.execPath, ['services/storage/dist/replay-main.js', '--from', 'raw'], {
    cwd: root,
    env: environmentOf(system.pidOf('services')),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let said = ''
  replay.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const [code] = await once(replay, 'close')
  if (code !== 0) throw new Error(`The replay ended with ${code}: ${said.slice(-2000)}`)
  return performance.now() - from
}

function dayAgo(days: number): string {
  return new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10)
}
