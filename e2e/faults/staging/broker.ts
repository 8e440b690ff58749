import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { type EventLog } from '@pf/eventing'
import { openJetStreamLog } from '@pf/eventing/jetstream'
import { freePorts } from '@pf/eventing/testing'
import { eventually } from '../../src/eventually.ts'
import { freeze } from './program.ts'

export type BrokerOptions = {
  /** Where it keeps its streams; a folder of its own unless told. */
  store?: string
  /** `always`, as `npm start` has it, or how long the disk may lag behind. */
  syncInterval?: string
}

/** What of the log's settings every process of one fault shares. */
export type LogSettings = { duplicateWindowMs: number; attemptMs: number; retryForMs: number }
export const usual: LogSettings = { duplicateWindowMs: 120_000, attemptMs: 1000, retryForMs: 10_000 }

/** A real nats-server with JetStream, which may be killed, frozen, and started again on the same port and store. */
export class Broker {
  readonly port: number
  readonly #folder: string
  readonly #connections: NatsConnection[] = []
  #store: string
  #syncInterval: string
  #child: ChildProcess | undefined

  private constructor(port: number, folder: string, options: BrokerOptions) {
    this.port = port
    this.#folder = folder
    this.#store = options.store ?? join(folder, 'store')
    this.#syncInterval = options.syncInterval ?? 'always'
  }

  static async start(options: BrokerOptions = {}): Promise<Broker> {
    const [port = 0] = await freePorts(1)
    const broker = new Broker(port, mkdtempSync(join(tmpdir(), 'pf-broker-')), options)
    await broker.start()
    return broker
  }

  get url(): string {
    return `127.0.0.1:${this.port}`
  }
  get store(): string {
    return this.#store
  }
  get log(): string {
    return readFileSync(join(this.#folder, 'nats.log'), 'utf8')
  }

  /** On another store from now on, with `options.store`. */
  async start(options: BrokerOptions = {}): Promise<void> {
    this.#store = options.store ?? this.#store
    this.#syncInterval = options.syncInterval ?? this.#syncInterval
    mkdirSync(this.#store, { recursive: true })
    const config = join(this.#folder, 'nats.conf')
    const streams = `store_dir: ${JSON.stringify(this.#store)}, max_mem: 64M, max_file: 10G`
    writeFileSync(
      config,
      `listen: "127.0.0.1:${this.port}"
logfile: ${JSON.stringify(join(this.#folder, 'nats.log'))}
jetstream { ${streams}, sync_interval: ${JSON.stringify(this.#syncInterval)} }
`,
    )
    const child = spawn(binary(), ['-c', config], { stdio: 'ignore' })
    this.#child = child
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`nats-server ended with ${child.exitCode}: ${this.log.slice(-2000)}`)
      const nc = await connect({ servers: this.url, timeout: 1000, reconnect: false })
      await nc.close()
      return true
    })
  }

  async connect(): Promise<NatsConnection> {
    const nc = await connect({ servers: this.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 })
    this.#connections.push(nc)
    return nc
  }

  /** The log as the system opens it, of the context that the programs write. */
  async openLog(settings: Partial<LogSettings> = {}): Promise<EventLog> {
    return await openJetStreamLog(await this.connect(), {
      replicas: 1,
      contexts: ['connection'],
      ...usual,
      ...settings,
    })
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await eventually(() => child.exitCode !== null || child.signalCode !== null)
  }

  async freeze(): Promise<void> {
    if (this.#child) await freeze(this.#child)
  }

  thaw(): void {
    this.#child?.kill('SIGCONT')
  }

  /** Ends it and removes what it kept in its own folder. */
  async end(): Promise<void> {
    await Promise.all(this.#connections.map((nc) => nc.close()))
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

function binary(): string {
  const found = process.env['PF_NATS_SERVER']
  if (found !== undefined) return found
  throw new Error('No nats-server is named: `npm test` and `npm run test:faults` find one; set PF_NATS_SERVER.')
}
