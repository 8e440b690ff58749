/**
 * What a request costs through the gateway: unchanged, kept and never asked before; pages at a steady rate while syncs go on;
 * all rows as a file. `--size 10k|200k|1m`. Rates are of one core, from the processor time that the services spent: the
 * generator (in this process) and the broker are not in it.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Client } from '@pf/e2e/client'
import { System } from '@pf/e2e/system'
import { type Answered, type Asked, openLoad } from '../load.ts'
import { type Line, quantile, report } from '../report.ts'
import { rowsOf, sizeAsked } from '../sizes.ts'
import { openBulkBank, seed, truthOf } from '../system/bulk-bank.ts'
import { completed, expectTruth, sumsOf } from '../system/bulk-space.ts'
import { memoryOf, processorMs } from '../system/processes.ts'

const size = sizeAsked()
const floodMs = 5_000
const pacedMs = 20_000
const connections = 8
const page = '/transactions?limit=50'
const credentials = { username: 'bench', password: 'correct horse battery' }
const lines: Line[] = []
const line = (what: string, measured: string, target = '') => {
  lines.push({ what, measured, target })
  process.stdout.write(`  ${what}: ${measured}\n`)
}
const ms = (value: number) => (value < 10 ? value.toFixed(1) : value.toFixed(0))
const spread = (answers: readonly Answered[]) => {
  const samples = answers.map((one) => one.ms)
  return `p50 / p99 ${ms(quantile(samples, 0.5))} / ${ms(quantile(samples, 0.99))} ms`
}

const system = await System.start({ env: { PF_RATE_PER_USER: '0', PF_RATE_PER_ADDRESS: '0' } })
const load = openLoad(system.api, connections)
try {
  const client = await Client.registered(system, credentials.username)
  await openBulkBank(system, size)
  await truthOf(system)
  const connection = await client.connectDemoBank()
  await completed(client, { connection_id: connection }, 50, 900_000)
  const rows = await expectTruth(system, client)
  let headers = await signedIn(client)
  const first = await client.call('GET', page)
  const etag = first.headers.get('etag') ?? ''
  const body = JSON.stringify(first.body)

  const bare = await coreRate(await bareFastify(body), floodMs, () => ({ path: '/transactions' }), 200)
  const unchanged = await coreRate(
    services(),
    floodMs,
    () => ({
      path: page,
      headers: { ...headers, 'if-none-match': etag },
    }),
    304,
  )
  say('GET /transactions?limit=50 unchanged (ETag)', unchanged, '≥ 1,000/s')
  say(
    '· asked again without it: the answer is kept',
    await coreRate(services(), floodMs, () => ({ path: page, headers }), 200),
  )
  const never = (n: number): Asked => ({ path: `${page}&min_amount=-${1_000_000 + n}`, headers })
  say('· never asked before: DuckDB answers', await coreRate(services(), floodMs, never, 200), '≥ 100/s')
  say(`· a bare Fastify route with the same ${body.length} bytes, not compressed`, bare)

  headers = await signedIn(client)
  await pagesWhileSyncing(client, headers, etag)
  await wholeFiles(client, headers)
  report(
    'gateway',
    `${rows.toLocaleString('en')} of ${rowsOf(size).toLocaleString('en')} rows, seed "${seed}", ${connections} connections, node:http as generator`,
    lines,
  )

  function say(what: string, { rate, answers }: Awaited<ReturnType<typeof coreRate>>, target = '') {
    const ratio = rate === bare.rate ? '' : `, × ${(rate / bare.rate).toFixed(2)} of bare`
    line(what, `${Math.round(rate).toLocaleString('en')}/s of one core${ratio}; ${spread(answers)}`, target)
  }
} finally {
  load.close()
  await system.end()
}

/** A token lives for 15 minutes, and a busy machine takes longer for all of this. */
async function signedIn(client: Client): Promise<Record<string, string>> {
  await client.login(credentials)
  return { authorization: `Bearer ${client.token}`, 'accept-encoding': 'br' }
}

function services() {
  return { pid: system.pidOf('services'), load, end: () => undefined }
}

async function bareFastify(body: string) {
  const program = fileURLToPath(new URL('../bare-fastify.ts', import.meta.url))
  const server = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] })
  server.stdin.end(body)
  const [port] = (await once(server.stdout, 'data')) as [Buffer]
  const own = openLoad(`http://127.0.0.1:${port.toString().trim()}`, connections)
  const end = () => {
    own.close()
    server.kill()
  }
  return { pid: server.pid ?? 0, load: own, end }
}

/** Warm, then measured: answers for each second that the process' threads were at work. */
async function coreRate(
  asked: { pid: number; load: typeof load; end(): void },
  forMs: number,
  next: (n: number) => Asked,
  status: number,
) {
  await asked.load.flood(forMs / 5, status, (n) => next(n + 1_000_000))
  const before = processorMs(asked.pid)
  const answers = await asked.load.flood(forMs, status, next)
  const spent = processorMs(asked.pid) - before
  asked.end()
  return { rate: (answers.length / spent) * 1000, answers }
}

/** Seven of ten have their page, two ask for it, one asks something new. */
async function pagesWhileSyncing(client: Client, headers: Record<string, string>, etag: string): Promise<void> {
  let syncs = 0
  let on = true
  const syncing = (async () => {
    while (on) {
      const { runs } = await client.expect<{ runs: { run_id: string }[] }>(202, 'POST', '/demo/advance', { days: 1 })
      for (const { run_id } of runs) syncs += (await completed(client, { run_id }, 20)).syncs.length
    }
  })()
  const pages = load.pace(50, pacedMs, (n) => {
    if (n % 10 === 9) return { path: `${page}&max_amount=${1_000_000 + n}`, headers }
    return { path: page, headers: n % 10 < 7 ? { ...headers, 'if-none-match': etag } : headers }
  })
  const untilAnswered = pages.finally(() => {
    on = false
  })
  // Together: a sync that fails meanwhile is this benchmark's failure, not a rejection that nobody awaits yet.
  const [answers] = await Promise.all([untilAnswered, syncing])
  const wrong = answers.filter(({ status }) => status !== 200 && status !== 304)
  if (wrong.length > 0) throw new Error(`${wrong.length} pages were not answered: ${wrong[0]?.status}.`)
  if (syncs === 0) throw new Error('No sync went on meanwhile.')
  line(`50 pages a second, mixed, while ${syncs} syncs go on`, spread(answers), 'p99 ≤ 50 ms')
}

async function wholeFiles(client: Client, headers: Record<string, string>): Promise<void> {
  const { count } = await sumsOf(client, {})
  for (const format of ['csv', 'parquet']) {
    const before = memoryOf(system.pidOf('services')).nowMb
    const {
      status,
      bytes,
      ms: took,
    } = await load.once({
      path: `/transactions/export?format=${format}`,
      headers: { ...headers, 'accept-encoding': 'identity' },
    })
    if (status !== 200) throw new Error(`The file of rows answered ${status}.`)
    const after = memoryOf(system.pidOf('services'))
    line(
      `all ${count.toLocaleString('en')} rows as ${format}`,
      `${ms(took)} ms, ${(bytes / 2 ** 20).toFixed(1)} MB; memory ${before.toFixed(0)} → ${after.nowMb.toFixed(0)} MB (peak ${after.peakMb.toFixed(0)})`,
    )
  }
}
