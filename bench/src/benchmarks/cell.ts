/**
 * What one cell (docs/performance.md) holds: many spaces in one instance, each of a user of its own, with an account of 2,000
 * rows. All are linked and loaded, then the bank's day moves on and the schedule syncs them all. `--spaces N`; 50 unless told
 * (1,000 are the target's). With fewer the target's figures are said as what they are then: extrapolated, by the line.
 */
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { Rest } from '@pf/contracts'
import { bank, Client } from '@pf/e2e/client'
import { System } from '@pf/e2e/system'
import { type Line, report } from '../report.ts'
import { openBulkBank } from '../system/bulk-bank.ts'
import { completed, expectTruth, sumsOf } from '../system/bulk-space.ts'
import { bytesUnder, memoryOf, processorMs } from '../system/processes.ts'

const target = 1_000
const optionAt = process.argv.indexOf('--spaces')
const spaces = optionAt < 0 ? 50 : Number(process.argv[optionAt + 1])
if (!Number.isInteger(spaces) || spaces < 10)
  throw new Error(`--spaces ${process.argv[optionAt + 1]}: expected a whole number from 10 on.`)
const size = { name: '2k', accounts: 1, rowsPerAccount: 2_000, days: 730 }
const atATime = 4
const nightlyLimitMs = 300_000
const password = 'correct horse battery'
/** Access tokens live for 15 minutes. */
const tokenLifeMs = 600_000
const lines: Line[] = []
const line = (what: string, measured: string, target = '') => {
  lines.push({ what, measured, target })
  process.stdout.write(`  ${what}: ${measured}\n`)
}

const trusted = { PF_TRUSTED_PROXIES: '127.0.0.1,::1' }
const system = await System.start({ env: { PF_RATE_PER_USER: '0', PF_RATE_PER_ADDRESS: '0', ...trusted } })
try {
  await openBulkBank(system, size)
  const services = () => system.pidOf('services')
  const idle = memoryOf(services()).nowMb
  const clients: { client: Client; username: string; signedInAt: number }[] = []
  const memory: number[] = []
  const [startedAt, processorBefore] = [performance.now(), processorMs(services())]
  await inTurns(spaces, async (n) => {
    const username = `space-${n}`
    // Each from an address of their own: that one network registers no more than twenty in ten minutes is not looked at here.
    const from = { 'x-forwarded-for': `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}` }
    const client = new Client(system)
    await client.expect(201, 'POST', '/auth/register', { username, password }, from)
    await client.login({ username, password }, from)
    const signedInAt = performance.now()
    const connection = await client.connectDemoBank()
    await completed(client, { connection_id: connection }, 100)
    clients.push({ client, username, signedInAt })
    if (clients.length % Math.ceil(spaces / 10) === 0) memory.push(memoryOf(services()).nowMb)
  })
  const loadedMs = performance.now() - startedAt
  const processor = processorMs(services()) - processorBefore
  const before = await sumsOf(clients.at(-1)!.client, {})
  if (before.count !== size.rowsPerAccount) throw new Error(`A space shows ${before.count} rows.`)
  line(
    `${spaces} users register, link and are loaded, one after another ${atATime} at a time`,
    `${(loadedMs / 1000).toFixed(0)} s; ${(processor / spaces).toFixed(0)} ms of processor time each`,
  )
  // The first half opens marts until PF_MARTS_OPEN are open; what a further space costs shows in the second.
  const half = Math.floor(memory.length / 2)
  const spacesInBetween = (memory.length - 1 - half) * Math.ceil(spaces / 10)
  const perSpaceMb = ((memory.at(-1) ?? 0) - (memory[half] ?? 0)) / spacesInBetween
  line(
    'memory of the services: idle; after each tenth of the spaces',
    `${idle.toFixed(0)}; ${memory.map((mb) => mb.toFixed(0)).join(', ')} MB`,
    'bounded',
  )
  line('· a further space, from the second half of them', `${(perSpaceMb * 1024).toFixed(0)} KB`, 'bounded')
  line(
    'disk of one space: Parquet and marts',
    `${((bytesUnder(join(system.dataDir, 'objects', 'lake')) + bytesUnder(join(system.dataDir, 'marts'))) / spaces / 2 ** 20).toFixed(1)} MB`,
  )

  const [nightFrom, nightProcessor] = [performance.now(), processorMs(services())]
  await bank(system, 'POST', '/__sandbox/clock', { advance_days: 1.2 })
  for (const { client, username, signedInAt } of clients) {
    if (performance.now() - signedInAt > tokenLifeMs) await client.login({ username, password })
    await syncedByItself(client)
  }
  const nightMs = performance.now() - nightFrom
  const nightEach = (processorMs(services()) - nightProcessor) / spaces
  await expectTruth(system, clients.at(-1)!.client, 'one of many')
  line(
    'nightly sync of all, from the bank’s new day to the last one complete',
    `${(nightMs / 1000).toFixed(0)} s; ${nightEach.toFixed(0)} ms of processor time each`,
  )
  const said = spaces === target ? '' : `extrapolated from ${spaces}: `
  const [wallS, processorS] = [(nightMs / spaces) * target * 0.001, nightEach * target * 0.001]
  line(
    '· of 1,000, and in processor time alone',
    `${said}${wallS.toFixed(0)} s, ${processorS.toFixed(0)} s of one core`,
    '≤ 5 min for 1,000',
  )
  const cores = availableParallelism()
  const perNight = Math.floor((nightlyLimitMs * cores) / nightEach)
  line(
    `· spaces that ${cores} such cores sync in 5 minutes, if nothing else is asked of them`,
    `${said}${perNight.toLocaleString('en')}`,
  )
  const after = memoryOf(services())
  line('memory after it, its peak', `${after.nowMb.toFixed(0)} / ${after.peakMb.toFixed(0)} MB`, 'bounded')
  report('cell', `${spaces} spaces of ${size.rowsPerAccount.toLocaleString('en')} rows, seeded`, lines)
} finally {
  await system.end()
}

async function inTurns(count: number, work: (n: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: atATime }, worker))
}

/** The schedule is asked for by nobody: it sees the new day. */
async function syncedByItself(client: Client, deadlineMs = 600_000): Promise<void> {
  const until = Date.now() + deadlineMs
  for (;;) {
    const { items } = await client.get<{ items: Rest.Sync[] }>('/syncs?limit=1')
    const [newest] = items
    if (newest?.trigger === 'schedule' && newest.status === 'completed') return
    if (newest?.status === 'failed') throw new Error(`A sync failed: ${JSON.stringify(newest.error)}`)
    if (Date.now() > until) throw new Error(`No sync by schedule within ${deadlineMs} ms: ${JSON.stringify(newest)}`)
    await wait(200)
  }
}
