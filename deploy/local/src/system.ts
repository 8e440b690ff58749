import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { promisify } from 'node:util'
import { serviceNames } from '@pf/contracts'
import type { Addresses } from './addresses.ts'
import { Child, type ChildSpec, Hopeless } from './child.ts'
import { keepWell } from './keep-well.ts'
import { lastWordsOf } from './last-words.ts'
import { brokerSecrets, findNats, writeNatsConfig } from './nats.ts'
import { type Recorded, writeRecord } from './orphans.ts'
import { databaseSecrets, postgresArguments, preparePostgres } from './postgres.ts'
import { type Folders, freePort, makeFolder, type Settings, secretIn } from './settings.ts'

type Surroundings = {
  say: (line: string) => void
  hopeless: (error: Hopeless) => void
  recordPath: string
  supervisor: { pid: number; startTime: string }
}

const services = ['auth', 'connection', 'extraction', 'storage', 'analytics', 'gateway'] as const

/** All processes of one installation, in the order in which they need each other. */
export class System {
  readonly #settings: Settings
  readonly #folders: Folders
  readonly #around: Surroundings
  readonly #children: Child[] = []
  readonly #stopped = new AbortController()
  /** Where the gateway serves the web's origin; in development Angular's server stands before it. */
  #gatewayWebPort: number

  constructor(settings: Settings, folders: Folders, around: Surroundings) {
    this.#settings = settings
    this.#folders = folders
    this.#around = around
    this.#gatewayWebPort = settings.webPort
  }

  async start(): Promise<void> {
    const { say } = this.#around
    say(`Personal Finances keeps its data in ${this.#settings.dataDir}`)
    if (this.#settings.dev) this.#gatewayWebPort = await freePort()
    const environment = { ...this.#environment(), ...(await this.startStores()) }
    if (this.#settings.sandbox) await this.#sandbox()
    const { apart } = this.#settings
    // Together, the services' own process does it first.
    if (apart) await this.#prepareDatabase(environment)
    const own = apart ? { ...environment, DATABASE_URL: withoutUser(environment.DATABASE_URL) } : environment
    for (const spec of this.#services(own)) await this.#run(spec.says, spec)
    if (this.#settings.dev) {
      const { watchSources } = await import('./hot-reload.ts')
      await watchSources(this.#settings, this.#gatewayWebPort, this.#children, say)
    }
  }

  /** Event log and database alone: all that an operator's command needs of an installation that does not run. */
  async startStores(): Promise<Addresses> {
    return { ...(await this.#nats()), ...(await this.#postgres()) }
  }

  /** Last started, first stopped: nothing loses what it stands on while it still works. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    for (const child of this.#children.toReversed()) await child.stop()
    this.#record()
  }

  async #run(says: string, spec: ChildSpec): Promise<Child> {
    if (this.#stopped.signal.aborted) throw new Hopeless('Stopped while starting.')
    this.#around.say(`${says} …`)
    const child = new Child(spec, { hopeless: this.#around.hopeless, change: () => this.#record() })
    this.#children.push(child)
    await child.start()
    return child
  }

  #record(): void {
    const children = this.#children.flatMap((child): Recorded[] => {
      const identity = child.identity()
      return identity === undefined ? [] : [{ ...identity, stopSignal: child.spec.stopSignal }]
    })
    writeRecord(this.#around.recordPath, { supervisor: this.#around.supervisor, children })
  }

  async #nats(): Promise<{ NATS_URL: string; PF_NATS_SECRETS: string }> {
    const { nats: store, run, logs, secrets } = this.#folders
    const binary = findNats(join(this.#settings.root, '.cache'), this.#settings.natsBinary, this.#around.say)
    const [port, monitorPort] = [await freePort(), await freePort()]
    const config = join(run, 'nats.conf')
    const passwords = makeFolder(brokerSecrets(secrets))
    writeNatsConfig(config, { port, monitorPort, store, passwordOf: (user) => secretIn(passwords, user) })
    const broker = await this.#run('Starting the event log (NATS JetStream)', {
      name: 'nats-server',
      command: binary,
      args: ['-c', config],
      env: {},
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 10_000,
      logFile: join(logs, 'nats-server.log'),
      ready: (signal) => answers(`http://127.0.0.1:${monitorPort}/healthz?js-enabled-only=true`, signal),
    })
    void keepWell(
      { ill: () => writeErrorOf(`http://127.0.0.1:${monitorPort}/healthz`), restart: () => broker.restart() },
      (why) => this.#around.say(`The event log cannot write, and is started anew: ${why}`),
      this.#stopped.signal,
    )
    return { NATS_URL: `nats://127.0.0.1:${port}`, PF_NATS_SECRETS: passwords }
  }

  async #postgres(): Promise<Pick<Addresses, 'DATABASE_URL' | 'PF_DATABASE_SECRETS'>> {
    const password = secretIn(this.#folders.secrets, 'postgres')
    const cluster = await preparePostgres(this.#folders.postgres, password)
    const port = await freePort()
    await this.#run('Starting the database (PostgreSQL)', {
      name: 'postgres',
      command: cluster.binary,
      args: postgresArguments(cluster, port),
      env: { LC_ALL: 'C', TZ: 'UTC' },
      ...(cluster.uid === undefined ? {} : { uid: cluster.uid, gid: cluster.gid ?? cluster.uid }),
      // Fast shutdown: open sessions are rolled back, everything committed is kept.
      stopSignal: 'SIGINT',
      stopTimeoutMs: 20_000,
      logFile: join(this.#folders.logs, 'postgres.log'),
      ready: (signal) => acceptsConnections(join(cluster.dataDir, 'postmaster.pid'), signal),
    })
    const passwords = makeFolder(databaseSecrets(this.#folders.secrets))
    for (const service of serviceNames) secretIn(passwords, service)
    return {
      DATABASE_URL: `postgresql://pf:${password}@127.0.0.1:${port}/postgres`,
      PF_DATABASE_SECRETS: passwords,
    }
  }

  /** As the database's owner, which none of the services is. */
  async #prepareDatabase(env: Record<string, string | undefined>): Promise<void> {
    const script = join(this.#settings.root, 'deploy/local/dist/prepare.js')
    await promisify(execFile)(process.execPath, [script], { env }).catch((error: { stdout?: string }) => {
      throw new Hopeless(`The database could not be prepared: ${lastWordsOf(error.stdout ?? '') ?? String(error)}`)
    })
  }

  async #sandbox(): Promise<void> {
    const { root, sandboxPort, bind, publicUrl } = this.#settings
    await this.#run('Opening the demo bank', {
      name: 'sandbox-bank',
      command: process.execPath,
      args: [join(root, 'services/sandbox-bank/dist/main.js')],
      env: {
        ...this.#environment(),
        // Not the bank's to know.
        PF_MASTER_KEY: undefined,
        PF_DATA_DIR: this.#folders.sandbox,
        PF_SANDBOX_PORT: String(sandboxPort),
        PF_BIND: bind,
        PF_SANDBOX_PUBLIC_URL: process.env['PF_SANDBOX_PUBLIC_URL'] ?? `http://localhost:${sandboxPort}`,
        PF_SANDBOX_REDIRECT_URLS: `${publicUrl}/api/connections/callback`,
      },
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 10_000,
      logFile: join(this.#folders.logs, 'sandbox-bank.log'),
      ready: (signal) => answers(`http://${reachable(bind)}:${sandboxPort}/__sandbox/accounts`, signal),
    })
  }

  #services(env: Record<string, string | undefined>): (ChildSpec & { says: string })[] {
    const { root, apiPort, apart, bind } = this.#settings
    const ready = (signal: AbortSignal) => answers(`http://${reachable(bind)}:${apiPort}/ready`, signal)
    const own = { command: process.execPath, stopSignal: 'SIGTERM', stopTimeoutMs: 20_000 } as const
    if (!apart) {
      const args = [...memoryBounds, join(root, 'deploy/local/dist/services.js')]
      const logFile = join(this.#folders.logs, 'services.log')
      return [
        {
          ...own,
          name: 'services',
          says: 'Starting the services',
          args,
          env: { ...mallocBounds, ...env },
          logFile,
          ready,
        },
      ]
    }
    return services.map((name, index) => ({
      ...own,
      name,
      says: `Starting ${name}`,
      args: [join(root, name === 'gateway' ? 'gateway' : `services/${name}`, 'dist/main.js')],
      env: { ...env, PF_HEALTH_PORT: portAfter(env['PF_HEALTH_PORT'], index) },
      logFile: join(this.#folders.logs, `${name}.log`),
      // The gateway asks all of them: it is started last and answers for them.
      ready: index === services.length - 1 ? ready : async () => undefined,
    }))
  }

  #environment(): Record<string, string | undefined> {
    const { dataDir, apiPort, bind, publicUrl, sandbox, sandboxPort, root } = this.#settings
    return {
      ...process.env,
      PF_DATA_DIR: dataDir,
      PF_API_PORT: String(apiPort),
      PF_WEB_PORT: String(this.#gatewayWebPort),
      PF_BIND: bind,
      PUBLIC_URL: publicUrl,
      PF_SANDBOX: sandbox ? 'on' : 'off',
      PF_SANDBOX_URL: process.env['PF_SANDBOX_URL'] ?? `http://localhost:${sandboxPort}`,
      PF_SANDBOX_ENABLE_BANKING_KEY_FILE:
        process.env['PF_SANDBOX_ENABLE_BANKING_KEY_FILE'] ??
        join(this.#folders.sandbox, 'enable-banking', 'sandbox.pem'),
      PF_WEB_ROOT: join(root, 'web-angular/dist/browser'),
      NODE_ENV: this.#settings.dev ? 'development' : 'production',
      // Some 3,500 modules: the next start takes them as V8 compiled them.
      NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'] ?? join(root, '.cache', 'compiled'),
      // DuckDB, files and password hashing share libuv's pool: four threads would let them wait for each other.
      UV_THREADPOOL_SIZE: process.env['UV_THREADPOOL_SIZE'] ?? '12',
    }
  }
}

/** As --enable-source-maps, which would also keep the maps of every package: 3 MB of each thread's heap. */
const ownSourceMaps =
  'data:text/javascript,import{setSourceMapsSupport}from"node:module";setSourceMapsSupport(true,{nodeModules:false,generatedCode:false})'

/**
 * The young generation stays small: long-lived memory counts here, not throughput of garbage. And what a large answer leaves is
 * collected when a thread falls idle (service-kit, `collectGarbage`).
 */
const memoryBounds = ['--max-semi-space-size=8', '--expose-gc', '--import', ownSourceMaps]

/**
 * How the C library keeps memory (glibc's names; others ignore them): few arenas, and large pieces given back to the system
 * as soon as they are free, whatever was large before. A bank's answer of 25 MB passes through several such pieces.
 */
const mallocBounds = { MALLOC_ARENA_MAX: '2', MALLOC_MMAP_THRESHOLD_: '1048576', MALLOC_TRIM_THRESHOLD_: '4194304' }

/** Processes of one machine have consecutive ones. */
const portAfter = (first: string | undefined, index: number): string | undefined =>
  first === undefined ? undefined : String(Number(first) + index)

/** Each service puts its own there. */
function withoutUser(address: string): string {
  const url = new URL(address)
  url.username = ''
  url.password = ''
  return url.href
}

/** Where a listener on this address can be asked from here. */
const reachable = (bind: string): string => (bind === '0.0.0.0' || bind === '::' ? '127.0.0.1' : bind)

async function answers(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)
    if (response?.ok) return
    await wait(40)
  }
  throw new Hopeless(`${new URL(url).host} did not answer within a minute.`)
}

/**
 * A stream whose disk was full takes nothing more, also when there is room again, until nats-server starts anew: its health
 * says so from 2.14 on. Of a broker that does not answer nothing is said: it starts, or its death is seen elsewhere.
 */
async function writeErrorOf(url: string): Promise<string | undefined> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) }).catch(() => undefined)
  if (response === undefined || response.ok) return undefined
  const said = await response.text().catch(() => '')
  return /write error|no space left/i.test(said) ? said.trim() : undefined
}

/** PostgreSQL writes `ready` into the eighth line of its pid file when it takes connections. */
async function acceptsConnections(pidFile: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const state = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').split('\n')[7]?.trim() : undefined
    if (state === 'ready') return
    await wait(20)
  }
  throw new Hopeless('PostgreSQL did not take connections within a minute.')
}
