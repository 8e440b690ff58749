import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePorts } from '@pf/eventing/testing'
import { eventually } from './eventually.ts'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')

type Recorded = { name: string; pid: number }

/** `PF_E2E_RUNNING=web,api,sandbox`: ports of a system that runs already, in containers or a cluster. */
function portsOfRunning(): System['ports'] | undefined {
  const said = process.env['PF_E2E_RUNNING']
  if (said === undefined || said === '') return undefined
  const [web, api, sandbox] = said.split(',').map(Number)
  if (web === undefined || api === undefined || sandbox === undefined || [web, api, sandbox].some(Number.isNaN))
    throw new Error(`PF_E2E_RUNNING: found ${said}, expected three ports: web,api,sandbox`)
  return { web, api, sandbox }
}

/**
 * The whole system, started as a person would: `npm start`, with a data folder and ports of its own. Only its own
 * processes, known by the record in the data folder, are ever signalled. One that runs already (PF_E2E_RUNNING) is neither
 * started nor stopped: for journeys that ask nothing of it but its addresses.
 */
export class System {
  readonly dataDir: string
  readonly ports: { web: number; api: number; sandbox: number }
  #process: ChildProcess | undefined
  #env: Record<string, string>
  output = ''

  private constructor(dataDir: string, ports: System['ports'], env: Record<string, string>) {
    this.dataDir = dataDir
    this.ports = ports
    this.#env = env
  }

  static async prepare(options: { dataDir?: string; env?: Record<string, string> } = {}): Promise<System> {
    const [web = 0, api = 0, sandbox = 0] = await freePorts(3)
    const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'pf-e2e-'))
    return new System(dataDir, { web, api, sandbox }, options.env ?? {})
  }

  static async start(options: { dataDir?: string; env?: Record<string, string> } = {}): Promise<System> {
    const running = portsOfRunning()
    if (running !== undefined) return new System('', running, {})
    const system = await System.prepare(options)
    try {
      await system.start()
    } catch (error) {
      // Whoever asked has nothing in hand to end it by.
      await system.end()
      throw error
    }
    return system
  }

  get web(): string {
    return `http://localhost:${this.ports.web}`
  }
  get api(): string {
    return `http://localhost:${this.ports.api}`
  }
  get bank(): string {
    return `http://localhost:${this.ports.sandbox}`
  }

  /** Runs `npm start` and waits for its `ready` line. */
  async start(deadlineMs = 120_000): Promise<void> {
    const started = this.run()
    await eventually(() => {
      if (started.exitCode !== null) throw new Error(`npm start ended: ${this.output}\n${this.logs()}`)
      return /^ready http/m.test(this.output)
    }, deadlineMs)
  }

  /** Runs `npm start` without waiting: for starts that are expected to fail. */
  run(): ChildProcess {
    this.output = ''
    const child = spawn(join(root, 'node_modules/.bin/node'), ['deploy/local/bin/start.mjs'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PF_DATA_DIR: this.dataDir,
        PF_WEB_PORT: String(this.ports.web),
        PF_API_PORT: String(this.ports.api),
        PF_SANDBOX_PORT: String(this.ports.sandbox),
        ...this.#env,
      },
    })
    const keep = (chunk: Buffer) => {
      this.output += chunk.toString()
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    this.#process = child
    return child
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    const child = this.#process
    if (child === undefined) return null
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal)
      await eventually(() => child.exitCode !== null || child.signalCode !== null, 60_000)
    }
    return child.exitCode
  }

  /** Stops it and removes its data. */
  async end(): Promise<void> {
    if (this.dataDir === '') return
    await this.stop()
    rmSync(this.dataDir, { recursive: true, force: true })
  }

  /** `kill -9` of one of its processes by name (`services`, `nats-server`, `postgres`, `sandbox-bank`, `supervisor`). */
  kill(name: string): number {
    const pid = this.pidOf(name)
    process.kill(pid, 'SIGKILL')
    return pid
  }

  pidOf(name: string): number {
    const record = JSON.parse(readFileSync(join(this.dataDir, 'run', 'processes.json'), 'utf8')) as {
      supervisor: { pid: number }
      children: Recorded[]
    }
    const pid = name === 'supervisor' ? record.supervisor.pid : record.children.find((c) => c.name === name)?.pid
    if (pid === undefined) throw new Error(`No process ${name} is recorded in ${this.dataDir}.`)
    return pid
  }

  /** The ends of all logs there are: what a start that failed leaves behind. */
  logs(): string {
    const folder = join(this.dataDir, 'logs')
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.log')) : []
    return names.map((name) => `— ${name}\n${this.log(name.slice(0, -'.log'.length))}`).join('\n')
  }

  log(name: string): string {
    const path = join(this.dataDir, 'logs', `${name}.log`)
    return existsSync(path) ? readFileSync(path, 'utf8').slice(-4000) : `(no ${path})`
  }
}
