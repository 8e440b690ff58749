import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import type { EntityManager } from '@mikro-orm/postgresql'
import { type Context, contexts, type ServiceName, serviceNames } from '@pf/contracts'

export const hasRole = (name: string): name is ServiceName => serviceNames.some((service) => service === name)

export const roleOf = (service: ServiceName): string => `pf_${service}`

/** Of the vault everybody needs: the wrapped keys of what it seals and opens, and what erasures say of them. */
const vaultOfAll = [
  ...['keys', 'retired', 'holders', 'restoring', 'moves'],
  ...['erasure_ledger', 'erasure_marks', 'erasure_words', 'erasure_answers'],
]
/** What is one service's alone: who signs in with what, tokens of providers. */
const vaultOf: Readonly<Record<ServiceName, readonly string[]>> = {
  auth: [
    'credentials',
    'refresh_tokens',
    'signing_keys',
    'preferences',
    'api_tokens',
    'totp',
    'recovery_codes',
    'passkeys',
    'challenges',
    'attempts',
    'known_devices',
    'invites',
    'sessions',
    'security_events',
    'provider_sessions',
    'drills',
  ],
  connection: ['secrets'],
  extraction: ['secrets'],
  storage: [],
  analytics: [],
  gateway: [],
}
/** Rows of these are their writer's alone (migration `eventing_0003_owners`). */
const eventingTables = ['checkpoints', 'quarantine', 'builds', 'dead_letters']

/** Read models that were made before there were roles, and whose name does not begin with their service's. */
const madeBefore: Readonly<Record<string, Context>> = {
  accounts: 'connection',
  connections: 'connection',
  consent_attempts: 'connection',
  feed_connections: 'extraction',
  feed_states: 'extraction',
  syncs: 'extraction',
  ledgers: 'storage',
  lake_files: 'analytics',
}

/** Whose a read model or a reaction is, by its name; undefined where nobody's of ours. */
export function serviceOf(name: string): Context | undefined {
  return (
    madeBefore[name] ?? contexts.find((context) => name.startsWith(`${context}_`) || name.startsWith(`${context}-`))
  )
}

const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`

/**
 * Roles, grants and owners as they are declared here, whatever they were; all or nothing. As the owner of the database, who
 * may make roles. Idempotent.
 */
export async function giveRoles(em: EntityManager, passwordOf: (service: ServiceName) => string): Promise<void> {
  // Who prepares at the same time takes turns: two that change one role, one of them fails ("tuple concurrently updated").
  await em.execute(`select pg_advisory_xact_lock(hashtextextended('pf_roles', 0))`)
  const [{ database, maintains, mighty } = { database: '', maintains: false, mighty: false }] = await em.execute<
    { database: string; maintains: boolean; mighty: boolean }[]
  >(`select current_database() as database, current_setting('server_version_num')::int >= 170000 as maintains,
      rolsuper as mighty from pg_roles where rolname = current_user`)
  // Tables are written anew after an erasure (VACUUM FULL): from PostgreSQL 17 on that can be granted.
  const rights = `select, insert, update, delete${maintains ? ', maintain' : ''}`
  for (const service of serviceNames) {
    const role = roleOf(service)
    const known = await em.execute('select 1 from pg_roles where rolname = ?', [role])
    if (known.length === 0) await em.execute(`create role ${role}`)
    await em.execute(
      `alter role ${role} with login nocreatedb nocreaterole password '${verifierOf(passwordOf(service))}'`,
    )
    if (!mighty) await em.execute(`grant ${role} to current_user`)
    await em.execute(`grant create on database ${identifier(database)} to ${role}`)
    await em.execute(`grant usage on schema public, vault, eventing to ${role}`)
    await em.execute(`revoke all on all tables in schema vault, eventing from ${role}`)
    await em.execute(`grant select on public.migrations to ${role}`)
    const tables = [...vaultOfAll, ...vaultOf[service]].map((table) => `vault.${table}`)
    if (service !== 'gateway') tables.push(...eventingTables.map((table) => `eventing.${table}`))
    await em.execute(`grant ${rights} on ${tables.join(', ')} to ${role}`)
  }
  await handOver(em)
}

/** What the owner made before there were roles becomes its service's: schemas of read models, and rows about them. */
async function handOver(em: EntityManager): Promise<void> {
  const schemas = await em.execute<{ name: string }[]>(
    `select nspname as name from pg_namespace where nspowner = (select oid from pg_roles where rolname = current_user)
      and nspname ~ '_v[0-9]+(_r[0-9]+)?$'`,
  )
  for (const { name } of schemas) {
    const service = serviceOf(name.replace(/_v\d+(_r\d+)?$/, ''))
    if (service === undefined) continue
    const tables = await em.execute<{ name: string }[]>(
      'select tablename as name from pg_tables where schemaname = ?',
      [name],
    )
    for (const table of tables)
      await em.execute(`alter table ${identifier(name)}.${identifier(table.name)} owner to ${roleOf(service)}`)
    await em.execute(`alter schema ${identifier(name)} owner to ${roleOf(service)}`)
  }
  for (const table of eventingTables) {
    const column = table === 'dead_letters' ? 'reaction' : 'projection'
    const rows = await em.execute<{ name: string }[]>(
      `select distinct ${column} as name from eventing.${table} where owner = current_user`,
    )
    for (const { name } of rows) {
      const service = serviceOf(name)
      if (service === undefined) continue
      const values = [roleOf(service), name]
      await em.execute(`update eventing.${table} set owner = ? where ${column} = ? and owner = current_user`, values)
    }
  }
}

const iterations = 4096

/** As PostgreSQL keeps a password (RFC 5803, RFC 7677): the password itself goes over no line and into no log. */
function verifierOf(password: string): string {
  const salt = randomBytes(16)
  const salted = pbkdf2Sync(password, salt, iterations, 32, 'sha256')
  const mac = (key: Uint8Array, text: string) => createHmac('sha256', key).update(text).digest()
  const stored = createHash('sha256').update(mac(salted, 'Client Key')).digest('base64')
  const server = mac(salted, 'Server Key').toString('base64')
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${stored}:${server}`
}
