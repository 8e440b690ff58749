import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { bank, Client } from '../../src/client.ts'
import { eventually } from '../../src/eventually.ts'
import { root, System } from '../../src/system.ts'
import { expectTruth } from '../../src/truth.ts'

type Call = { path: string; status: number | null }

/** The whole system, each service a process of its own, and a person whose bank was read once. */
export class Household {
  readonly system: System
  readonly sam: Client
  readonly connection: string

  private constructor(system: System, sam: Client, connection: string) {
    this.system = system
    this.sam = sam
    this.connection = connection
  }

  /** `early` hears of the system when its broker runs and its services do not yet. */
  static async start(env: Record<string, string> = {}, early?: (system: System) => void): Promise<Household> {
    const system = await System.prepare({ env: { PF_SERVICES: 'apart', ...env } })
    const starting = system.start(180_000)
    if (early) {
      await Promise.race([starting, eventually(() => system.output.includes('Starting auth'), 120_000)])
      early(system)
    }
    await starting
    const sam = await Client.registered(system)
    const connection = await sam.connectDemoBank()
    await sam.settled({ connection_id: connection }, 120_000)
    return new Household(system, sam, connection)
  }

  /** Another bank day, whose rows are asked for: answers the run. `delayMs`: of each of the bank's answers. */
  async newDay(delayMs = 0): Promise<string> {
    const { system, sam, connection } = this
    await bank(system, 'DELETE', '/__sandbox/faults')
    await bank(system, 'POST', '/__sandbox/clock', { advance_days: 1 })
    await bank(system, 'DELETE', '/__sandbox/calls')
    const path = '/api/v2/accounts/*'
    if (delayMs > 0) await bank(system, 'POST', '/__sandbox/faults', [{ path, delay_ms: delayMs, times: 1000 }])
    const { run_id } = await sam.expect<{ run_id: string }>(202, 'POST', `/connections/${connection}/sync`)
    return run_id
  }

  /** Waits until the bank was asked so many times today. */
  async asked(times: number): Promise<void> {
    await eventually(async () => {
      const { items } = await bank<{ items: Call[] }>(this.system, 'GET', '/__sandbox/calls')
      return items.length >= times
    }, 60_000)
  }

  /** SIGKILL; the supervisor starts it anew, which is waited for. */
  async kill(name: string): Promise<void> {
    const before = this.system.pidOf(name)
    this.system.kill(name)
    await eventually(() => this.system.pidOf(name) !== before, 30_000)
  }

  async isReady(deadlineMs = 60_000): Promise<void> {
    await eventually(async () => (await fetch(`${this.system.api}/ready`)).ok, deadlineMs)
  }

  /** The oracle of the line: every sync of the run is complete, and what is shown is what is at the bank. */
  async expectTruthOf(runId: string): Promise<void> {
    const syncs = await this.sam.settled({ run_id: runId }, 120_000)
    expect(syncs.map((sync) => sync.status)).toEqual(syncs.map(() => 'completed'))
    expect(await eventually(() => expectTruth(this.system, this.sam), 60_000)).toBeGreaterThan(500)
  }

  /** The oracle of the log: versions contiguous, hashes chained, each message once (`npm run log -- verify`). */
  async expectHonestLog(): Promise<void> {
    const env = { ...process.env, PF_DATA_DIR: this.system.dataDir }
    const verify = spawn(process.execPath, [join(root, 'deploy/local/bin/log.mjs'), 'verify'], { cwd: root, env })
    let said = ''
    verify.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    verify.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    const code = await new Promise((resolve) => verify.once('close', resolve))
    expect({ code, said: code === 0 ? '' : said }).toEqual({ code: 0, said: '' })
  }

  async end(): Promise<void> {
    await this.system.end()
  }
}
