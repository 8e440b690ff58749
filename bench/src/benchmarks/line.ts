/**
 * The whole line at 50,000 rows in one account: the time of each step from the consent to the answers, and the latency of
 * the latest 50 rows while they load. Sums are compared with the bank's truth before a time is printed.
 */
import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Rest } from '@pf/contracts'
import { bank, Client } from '@pf/e2e/client'
import { System } from '@pf/e2e/system'
import { type Line, quantile, report } from '../report.ts'

const rows = 50_000
const requestsPerSecond = 20

type Truth = { booked: { amount: string }[] }
const minor = (amount: string) => Math.round(Number(amount) * 100)

const coldStart = performance.now()
const system = await System.start()
const startMs = performance.now() - coldStart
try {
  await bank(system, 'POST', '/__sandbox/reset', {
    scenario: 'bulk',
    seed: 'bench',
    accounts: 1,
    transactions_per_account: rows,
  })
  const client = await Client.registered(system)

  const latencies: number[] = []
  let loading = true
  const reading = (async () => {
    while (loading) {
      const at = performance.now()
      await client.get('/transactions?limit=50')
      latencies.push(performance.now() - at)
      await wait(Math.max(0, 1000 / requestsPerSecond - (performance.now() - at)))
    }
  })()

  const steps = new Map<string, number>()
  const consentedAt = performance.now()
  await client.connectDemoBank()
  steps.set('linked', performance.now() - consentedAt)
  let status = ''
  while (!['completed', 'partial', 'failed'].includes(status)) {
    const { items } = await client.get<{ items: Rest.Sync[] }>('/syncs')
    status = items[0]?.status ?? 'queued'
    if (!steps.has(status)) steps.set(status, performance.now() - consentedAt)
    await wait(10)
  }
  loading = false
  await reading
  if (status !== 'completed') throw new Error(`The sync ended as ${status}: ${system.log('services')}`)

  await check(client)
  const completed = steps.get('completed') ?? Number.NaN
  const rss = residentMb(system.pidOf('services'))
  const lines: Line[] = [
    ...[...steps].map(([step, ms]) => ({ what: `consent → ${step}`, measured: `${ms.toFixed(0)} ms`, target: '' })),
    { what: 'rows a second, consent to answers', measured: (rows / (completed / 1000)).toFixed(0), target: '' },
    {
      what: 'GET /transactions?limit=50 while loading, p50 / p95 / p99',
      measured: [0.5, 0.95, 0.99]
        .map((share) => quantile(latencies, share).toFixed(0))
        .join(' / ')
        .concat(' ms'),
      target: 'p95 ≤ 150 ms',
    },
    { what: 'requests measured', measured: String(latencies.length), target: '' },
    {
      what: 'first start (all built, empty data folder) → ready',
      measured: `${(startMs / 1000).toFixed(1)} s`,
      target: '',
    },
    { what: 'resident memory of the services', measured: `${rss} MB`, target: '' },
  ]
  report('line', `${rows.toLocaleString('en')} rows in one account, seed "bench"`, lines)
} finally {
  await system.end()
}

/** Count and sum of every booked row as the API shows them against the bank's truth. */
async function check(client: Client): Promise<void> {
  const [account] = await client.accounts()
  const truth = await bank<Truth>(system, 'GET', `/__sandbox/truth/${account?.provider_account_id}`)
  const shown = (await client.transactions()).filter((row) => row.status === 'booked')
  const sum = (amounts: string[]) => amounts.reduce((total, amount) => total + minor(amount), 0)
  const expected = { count: truth.booked.length, sum: sum(truth.booked.map((row) => row.amount)) }
  const found = { count: shown.length, sum: sum(shown.map((row) => row.amount.amount)) }
  if (found.count !== expected.count || found.sum !== expected.sum) {
    throw new Error(
      `The answers differ from the truth: found ${JSON.stringify(found)}, expected ${JSON.stringify(expected)}`,
    )
  }
}

function residentMb(pid: number): string {
  const found = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
  return found ? (Number(found[1]) / 1024).toFixed(0) : 'unknown'
}
