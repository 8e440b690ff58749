import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MikroORM } from '@mikro-orm/postgresql'
import { type ServiceName, serviceNames } from '@pf/contracts'
import { createPostgresProjectionStore } from '@pf/eventing/postgres'
import { startPostgres, type TestPostgres } from '@pf/eventing/testing'
import { type PlatformConfig, platformConfig } from './config/index.ts'
import { databaseAccess, openDatabase } from './database.ts'
import { roleOf, serviceOf } from './database-roles.ts'
import { createLogger } from './logger.ts'
import { prepareDatabase } from './prepare-database.ts'

const logger = createLogger({ name: 'spec', level: 'silent' })
const denied = { code: '42501' }

let postgres: TestPostgres
let dataDir: string
let config: PlatformConfig
const opened: MikroORM[] = []

async function openAs(name: ServiceName | 'owner'): Promise<MikroORM> {
  const access = name === 'owner' ? { url: postgres.url } : await databaseAccess(config, name)
  const orm = await openDatabase({ ...access, pool: 4, name, logger })
  opened.push(orm)
  return orm
}
const ask = (orm: MikroORM, sql: string) => orm.em.fork().execute<Record<string, unknown>[]>(sql)
const outcomeOf = (orm: MikroORM, sql: string) =>
  ask(orm, sql).then(
    () => 'done',
    (error: { code?: string }) => error.code,
  )

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'pf-roles-'))
  for (const service of serviceNames) await writeFile(join(dataDir, service), `0-secret of ${service}`)
  postgres = await startPostgres()
  config = platformConfig({
    PF_DATA_DIR: dataDir,
    NATS_URL: 'nats://nowhere',
    DATABASE_URL: postgres.url,
    PF_DATABASE_SECRETS: dataDir,
    LOG_LEVEL: 'silent',
  })
  // As a data folder of before there were roles has it: all of it the one owner's.
  const owner = await openAs('owner')
  for (const schema of ['connections_v1', 'storage_ledgers_v2_r3']) {
    await ask(owner, `create schema ${schema}`)
    await ask(owner, `create table ${schema}.rows (id text primary key)`)
    await ask(owner, `insert into ${schema}.rows values ('before')`)
  }
  const values = `'s', 'at', 1, 'e'`
  await ask(
    owner,
    `insert into eventing.checkpoints (projection, version, stream, stream_created_at, seq, event_id)
    values ('connections', 1, ${values}), ('storage_ledgers', 2, ${values})`,
  )
  await prepareDatabase(config)
}, 60_000)
afterAll(async () => {
  for (const orm of opened) await orm.close(true)
  await postgres?.stop()
  await rm(dataDir, { recursive: true })
})

const authsOwn = [
  'vault.credentials',
  'vault.refresh_tokens',
  'vault.provider_sessions',
  'vault.signing_keys',
  'vault.preferences',
  'vault.sessions',
  'vault.security_events',
]

describe('a role of the database', () => {
  it('is given by two that prepare at the same time, one after the other', async () => {
    await expect(Promise.all([prepareDatabase(config), prepareDatabase(config)])).resolves.toHaveLength(2)
  })

  it.each(serviceNames.filter((service) => service !== 'auth'))("of %s sees nothing of auth's", async (service) => {
    const orm = await openAs(service)
    for (const table of authsOwn) {
      expect(await outcomeOf(orm, `select * from ${table}`)).toBe(denied.code)
      expect(await outcomeOf(orm, `delete from ${table}`)).toBe(denied.code)
    }
  })

  it("of auth has what is auth's", async () => {
    const orm = await openAs('auth')
    for (const table of authsOwn) expect(await outcomeOf(orm, `select * from ${table}`)).toBe('done')
    expect(await outcomeOf(orm, 'vacuum (full) vault.credentials')).toBe('done')
  })

  it.each([
    ['auth', denied.code],
    ['connection', 'done'],
    ['extraction', 'done'],
    ['storage', denied.code],
    ['analytics', denied.code],
    ['gateway', denied.code],
  ] as const)('of %s may read tokens of providers: %s', async (service, outcome) => {
    expect(await outcomeOf(await openAs(service), 'select * from vault.secrets')).toBe(outcome)
  })

  it.each(serviceNames)('of %s seals and opens, and changes no schema', async (service) => {
    const orm = await openAs(service)
    expect(await outcomeOf(orm, 'select * from vault.keys')).toBe('done')
    expect(await outcomeOf(orm, 'create table vault.mine (id text)')).toBe(denied.code)
    expect(await outcomeOf(orm, 'create table public.mine (id text)')).toBe(denied.code)
    expect(await outcomeOf(orm, 'drop table vault.keys')).toBe(denied.code)
    expect(await outcomeOf(orm, 'create role another')).toBe(denied.code)
    expect(await outcomeOf(orm, `set role ${roleOf(service === 'auth' ? 'storage' : 'auth')}`)).toBe(denied.code)
  })

  it('has the read models of before, and nobody else has', async () => {
    const [storage, extraction] = [await openAs('storage'), await openAs('extraction')]
    expect(await ask(storage, 'select id from storage_ledgers_v2_r3.rows')).toEqual([{ id: 'before' }])
    expect(await outcomeOf(storage, 'vacuum (full) storage_ledgers_v2_r3.rows')).toBe('done')
    for (const sql of ['select * from', 'insert into', 'truncate'].map((verb) => `${verb} storage_ledgers_v2_r3.rows`))
      expect(await outcomeOf(extraction, sql.startsWith('insert') ? `${sql} values ('x')` : sql)).toBe(denied.code)
    expect(await outcomeOf(storage, 'drop schema storage_ledgers_v2_r3 cascade')).toBe('done')
  })

  it('makes read models of its own, which nobody else reads', async () => {
    const [analytics, gateway] = [await openAs('analytics'), await openAs('gateway')]
    await ask(analytics, 'create schema analytics_new_v1')
    await ask(analytics, 'create table analytics_new_v1.rows (id text)')
    expect(await outcomeOf(gateway, 'select * from analytics_new_v1.rows')).toBe(denied.code)
  })

  it('has the builds that the operator begins for its read models', async () => {
    const { builds } = createPostgresProjectionStore(await openAs('owner'))
    await ask(
      await openAs('connection'),
      `insert into eventing.builds (projection, version, build, state)
      values ('connections', 1, 1, 'read')`,
    )
    await builds.rebuild('connections')
    const seen = await ask(await openAs('connection'), 'select build, state from eventing.builds order by build')
    expect(seen).toEqual([
      { build: 1, state: 'read' },
      { build: 2, state: 'building' },
    ])
    expect(await ask(await openAs('storage'), 'select * from eventing.builds')).toEqual([])
  })

  it('sees and moves its own checkpoints alone', async () => {
    const [connection, storage] = [await openAs('connection'), await openAs('storage')]
    expect(await ask(connection, 'select projection from eventing.checkpoints')).toEqual([
      { projection: 'connections' },
    ])
    await ask(storage, `update eventing.checkpoints set seq = 7 where projection = 'connections'`)
    await ask(storage, `delete from eventing.checkpoints where projection = 'connections'`)
    expect(await ask(connection, 'select seq from eventing.checkpoints')).toEqual([{ seq: '1' }])
    const forged = `insert into eventing.checkpoints (projection, version, stream, stream_created_at, seq, event_id, owner)
      values ('connections', 9, 's', 'at', 1, 'e', '${roleOf('connection')}')`
    expect(await outcomeOf(storage, forged)).toBe(denied.code)
  })
})

describe('preparing', () => {
  it('is done again without a difference, and takes back what is no longer declared', async () => {
    const owner = await openAs('owner')
    await ask(owner, `grant select on vault.credentials to ${roleOf('storage')}`)
    await prepareDatabase(config)
    expect(await outcomeOf(await openAs('storage'), 'select * from vault.credentials')).toBe(denied.code)
    expect(await ask(await openAs('connection'), 'select id from connections_v1.rows')).toEqual([{ id: 'before' }])
  })

  it('keeps no password as it is', async () => {
    const kept = await ask(await openAs('owner'), "select rolpassword from pg_authid where rolname like 'pf\\_%'")
    expect(kept).toHaveLength(serviceNames.length)
    expect(JSON.stringify(kept)).not.toContain('secret')
  })

  it('is what a service asks for that finds a database of another version', async () => {
    const owner = await openAs('owner')
    await ask(owner, "delete from public.migrations where name = 'eventing_0003_owners'")
    await expect(openAs('storage')).rejects.toMatchObject({ code: 'schemas_differ' })
    await ask(owner, "insert into public.migrations (name, executed_at) values ('eventing_0003_owners', now())")
    await expect(openAs('storage')).resolves.toBeDefined()
  })
})

it.each([
  ['connections', 'connection'],
  ['storage_ledgers', 'storage'],
  ['extraction-run-syncs', 'extraction'],
  ['somebody_elses', undefined],
])('%s is of %s', (name, service) => {
  expect(serviceOf(name)).toBe(service)
})
