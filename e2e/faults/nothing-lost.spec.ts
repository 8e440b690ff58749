import { bank, Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { System } from '../src/system.ts'
import { expectTruth } from '../src/truth.ts'

/** `status` is null while the bank has not answered. */
type Call = { scope?: string; path: string; method: string; status: number | null }

/** A household with the demo bank connected and its first sync done. */
async function connected(): Promise<{ system: System; sam: Client; connection: string }> {
  const system = await System.start()
  const sam = await Client.registered(system)
  const connection = await sam.connectDemoBank()
  await sam.settled({ connection_id: connection })
  return { system, sam, connection }
}

describe('three bank days later', () => {
  let system: System
  let sam: Client
  let connection: string
  beforeAll(async () => {
    ;({ system, sam, connection } = await connected())
  }, 180_000)
  afterAll(() => system.end(), 60_000)

  it('shows the truth after the first sync', async () => {
    expect(await expectTruth(system, sam)).toBeGreaterThanOrEqual(900)
  }, 60_000)

  it('asks for the overlap only, writes what is new or changed only, and books the pending rows once', async () => {
    const before = await sam.transactions({ status: 'pending' })
    expect(before.length).toBeGreaterThan(0)
    await bank(system, 'POST', '/__sandbox/clock', { advance_days: 3 })
    const run = await sam.expect<{ run_id: string }>(202, 'POST', `/connections/${connection}/sync`)
    const syncs = await sam.settled({ run_id: run.run_id })
    for (const sync of syncs) {
      expect(sync.status).toBe('completed')
      const days = (Date.parse(sync.window?.to ?? '') - Date.parse(sync.window?.from ?? '')) / 86_400_000
      expect(days).toBe(17)
      expect(sync.observed).toBe(sync.added + sync.updated + sync.unchanged + sync.held)
    }
    expect(syncs.reduce((sum, sync) => sum + sync.unchanged, 0)).toBeGreaterThan(0)
    await expectTruth(system, sam)
    const after = new Map((await sam.transactions()).map((row) => [row.id, row]))
    const kept = before.filter((row) => after.has(row.id))
    expect(kept.some((row) => after.get(row.id)?.status === 'booked')).toBe(true)
  }, 90_000)

  it('continues where it was after a clean stop', async () => {
    const rows = await sam.transactions()
    await system.stop()
    await system.start()
    expect(await sam.transactions()).toEqual(rows)
    const { items } = await bank<{ items: Call[] }>(system, 'GET', '/__sandbox/calls')
    expect(items.length).toBeGreaterThan(0)
  }, 120_000)

  it('is found again, orphans and all, after the supervisor was killed', async () => {
    const rows = await sam.transactions()
    const orphans = ['services', 'nats-server', 'postgres', 'sandbox-bank'].map((name) => system.pidOf(name))
    system.kill('supervisor')
    await system.stop()
    await system.start()
    expect(system.output).toMatch(/Stopped what an earlier start left behind: .*services/)
    for (const pid of orphans) expect(() => process.kill(pid, 0)).toThrow()
    expect(await sam.transactions()).toEqual(rows)
  }, 120_000)

  it('refuses a second start on the same data folder, and a port in use, in words', async () => {
    const second = await System.prepare({ dataDir: system.dataDir })
    const child = second.run()
    await eventually(() => child.exitCode !== null, 60_000)
    expect(child.exitCode).toBe(1)
    expect(second.output).toMatch(/in use by a system that runs already/)
    const third = await System.prepare()
    Object.assign(third.ports, { web: system.ports.web })
    const other = third.run()
    await eventually(() => other.exitCode !== null, 60_000)
    expect(other.exitCode).toBe(1)
    expect(third.output).toMatch(new RegExp(`Port ${system.ports.web} .* is in use`))
  }, 120_000)
})

// Services apart, broker and database: killed-services.spec.ts.
describe.each(['services'])('kill -9 of %s in the middle of a sync', (victim) => {
  let system: System
  let sam: Client
  let connection: string
  beforeAll(async () => {
    ;({ system, sam, connection } = await connected())
  }, 180_000)
  afterAll(() => system.end(), 60_000)

  it('loses nothing and doubles nothing', async () => {
    await bank(system, 'POST', '/__sandbox/clock', { advance_days: 3 })
    await bank(system, 'DELETE', '/__sandbox/calls')
    // Slow answers, so that the kill falls between the intent to call and the bank's last byte.
    await bank(system, 'POST', '/__sandbox/faults', [
      { path: '/api/v2/accounts/*/transactions/', delay_ms: 1500, times: 3 },
    ])
    const run = await sam.expect<{ run_id: string }>(202, 'POST', `/connections/${connection}/sync`)
    await eventually(async () => {
      const { items } = await bank<{ items: Call[] }>(system, 'GET', '/__sandbox/calls')
      return items.some((call) => call.path.includes('/transactions/') && call.status === null)
    })
    const before = system.pidOf(victim)
    system.kill(victim)
    await eventually(() => system.pidOf(victim) !== before, 30_000)
    await eventually(async () => (await fetch(`${system.api}/ready`)).ok, 60_000)
    const syncs = await sam.settled({ run_id: run.run_id }, 120_000)
    expect(syncs.map((sync) => sync.status)).toEqual(syncs.map(() => 'completed'))
    await expectTruth(system, sam)
  }, 240_000)
})
