import { createHmac } from 'node:crypto'
import type { EntityManager, MikroORM } from '@mikro-orm/postgresql'
import { createKeyRing, type KeyStore, type WrappedKey } from '../key-ring.ts'
import type { KeyRing, Random } from '../ports.ts'
import { systemRandom } from '../random.ts'
import { deriveKey, openBytes, sealBytes } from '../seal.ts'
import { type CopiedRow, type CopiedTable, copiedTables, insertRows } from './vault-copy.ts'
import { type Name, wrappedThings } from './wrapped-things.ts'

const ofSpace = 'space_id::text = :space'
const ofUser = 'user_id in (select c.user_id from vault.credentials c where c.space_id::text = :space)'

/**
 * Which rows go with a space that moves to another installation; each table has to decide. What stays: erased names (the
 * ledger carries them), sessions and what they hang on (another address is another origin), what an installation signs with,
 * and whom it invites.
 */
const goes: Readonly<Record<CopiedTable, string | undefined>> = {
  keys: ofSpace,
  secrets: 'name in (select jsonb_array_elements_text(:secrets::jsonb))',
  credentials: ofSpace,
  preferences: ofSpace,
  api_tokens: ofUser,
  security_events: ofSpace,
  totp: ofUser,
  recovery_codes: ofUser,
  passkeys: ofUser,
  retired: undefined,
  moves: undefined,
  refresh_tokens: undefined,
  provider_sessions: undefined,
  signing_keys: undefined,
  sessions: undefined,
  known_devices: undefined,
  invites: undefined,
  erasure_ledger: undefined,
}

/** `secrets`: names of those that belong to links of this space. */
type Of = { spaceId: string; secrets: readonly string[] }
/** What lies under the master key `from` lies under `to` afterwards. */
type Keys = { from: Uint8Array; to: Uint8Array; random?: Random }

/** All rows of a space as they were at one moment, wrapped under another key. They are few: of one user's settings, keys and audit. */
export async function copySpace(orm: MikroORM, of: Of, keys: Keys): Promise<CopiedRow[]> {
  const rows: CopiedRow[] = []
  await orm.em.fork().transactional(async (em) => {
    await em.execute('set transaction isolation level repeatable read, read only')
    for (const table of copiedTables) {
      const condition = conditionOf(table, of)
      if (condition === undefined) continue
      const found = await em.execute<{ row: string }[]>(
        `select row_to_json(t)::text as row from vault.${table} t where ${condition.sql}`,
        condition.values,
      )
      for (const { row } of found) rows.push({ table, row: JSON.parse(row) as CopiedRow['row'] })
    }
  })
  return rows.map((row) => rewrapped(row, keys))
}

/** In place of what there is of the space, which was a part of the same, all or nothing. Throws SealBroken where `from` is another key. */
export async function loadSpace(orm: MikroORM, of: Of, rows: readonly CopiedRow[], keys: Keys): Promise<void> {
  const anew = rows.map((row) => rewrapped(row, keys))
  await orm.em.fork().transactional(async (em) => {
    await removeRows(em, of)
    await insertRows(em, anew)
  })
}

/** Nothing of the space is left. */
export async function unloadSpace(orm: MikroORM, of: Of): Promise<void> {
  await orm.em.fork().transactional((em) => removeRows(em, of))
}

async function removeRows(em: EntityManager, of: Of): Promise<void> {
  // Who belongs to whom stands in the credentials, which come before what they own.
  for (const table of copiedTables.toReversed()) {
    const condition = conditionOf(table, of)
    if (condition) await em.execute(`delete from vault.${table} where ${condition.sql}`, condition.values)
  }
}

function conditionOf(table: CopiedTable, { spaceId, secrets }: Of): { sql: string; values: string[] } | undefined {
  const condition = goes[table]
  if (condition === undefined) return undefined
  const value = condition.includes(':secrets') ? JSON.stringify(secrets) : spaceId
  return { sql: condition.replace(/:(secrets|space)\b/, '?'), values: [value] }
}

/** Names of the secrets that belong to these links and accounts of providers (ADR 10). */
export async function linkSecrets(orm: MikroORM, handles: ReadonlySet<string>): Promise<string[]> {
  const rows = await orm.em
    .fork()
    .execute<{ name: string }[]>(
      "select name from vault.secrets where name ~ '^provider/[^/]+/(link|account)/' order by 1",
    )
  return rows.map(({ name }) => name).filter((name) => handles.has(name.split('/').slice(3).join('/')))
}

export async function deleteSecrets(orm: MikroORM, names: readonly string[]): Promise<void> {
  if (names.length === 0) return
  const em = orm.em.fork()
  await em.execute('delete from vault.secrets where name in (select jsonb_array_elements_text(?::jsonb))', [
    JSON.stringify(names),
  ])
  // A deleted row's bytes stay in its page otherwise, and the master key would open them.
  await em.execute('vacuum (full) vault.secrets')
}

const columnsOf = (row: CopiedRow['row'], by: readonly string[]): Name =>
  Object.fromEntries(by.map((column) => [column, String(row[column])]))

function rewrapped({ table, row }: CopiedRow, { from, to, random = systemRandom }: Keys): CopiedRow {
  const thing = wrappedThings.find((one) => one.table === table)
  if (thing === undefined) return { table, row }
  const place = thing.placeOf(columnsOf(row, thing.by))
  // As PostgreSQL prints bytes: \x and hexadecimal digits.
  const bytes = new Uint8Array(Buffer.from(String(row[thing.column]).slice(2), 'hex'))
  const plain = openBytes(thing.keyOf(from), bytes, place, `A row of vault.${table}`)
  const sealed = Buffer.from(sealBytes(thing.keyOf(to), plain, place, random))
  return { table, row: { ...row, [thing.column]: `\\x${sealed.toString('hex')}` } }
}

/** The data keys among the rows: opens what the space sealed, makes and changes nothing. */
export function keysAmong(rows: readonly CopiedRow[], key: Uint8Array): KeyRing {
  const found = new Map<string, WrappedKey>()
  for (const { table, row } of rows) {
    if (table !== 'keys') continue
    const [spaceId, accountId] = [String(row['space_id']), String(row['account_id'])]
    const wrapped = new Uint8Array(Buffer.from(String(row['wrapped']).slice(2), 'hex'))
    const generation = Number(row['generation'])
    found.set(`${spaceId}/${accountId}`, { spaceId, accountId, rootId: String(row['root_id']), generation, wrapped })
  }
  const nothing = () => Promise.reject(new Error('The keys of a copy are read, never changed.'))
  const store: KeyStore = {
    find: async (spaceId, accountId) => found.get(`${spaceId}/${accountId}`),
    any: async () => found.values().next().value,
    insert: nothing,
    advance: nothing,
    retire: nothing,
    delete: nothing,
  }
  return createKeyRing(store, key, systemRandom)
}

const placeOf = (exportId: string) => `space-copy|${exportId}`

/** All rows as sealed bytes: names and password hashes lie in the clear in none of it. */
export function sealRows(rows: readonly CopiedRow[], key: Uint8Array, exportId: string): Uint8Array {
  const plain = new TextEncoder().encode(JSON.stringify(rows))
  return sealBytes(deriveKey(key, 'space-rows/1'), plain, placeOf(exportId), systemRandom)
}

/** Throws SealBroken. */
export function openRows(sealed: Uint8Array, key: Uint8Array, exportId: string): CopiedRow[] {
  const plain = openBytes(deriveKey(key, 'space-rows/1'), sealed, placeOf(exportId), 'The rows of a space')
  return JSON.parse(new TextDecoder().decode(plain)) as CopiedRow[]
}

/** HMAC-SHA-256 (hex) under the transport key: who has it not can make none. */
export const sign = (key: Uint8Array, text: string): string =>
  createHmac('sha256', deriveKey(key, 'space-mac/1')).update(text).digest('hex')

/** Whose a space is. */
export type Owner = { userId: string; spaceId: string; username: string; roles: readonly string[]; issuer: string }

/** By user name (whatever its case), user id or space id. */
export async function ownerOf(orm: MikroORM, who: string): Promise<Owner | undefined> {
  type Row = { user_id: string; space_id: string; username: string; roles: string[]; issuer: string }
  const [row] = await orm.em.fork().execute<Row[]>(
    `select user_id, space_id, username, roles, issuer from vault.credentials
      where lower(username) = lower(?) or user_id::text = ? or space_id::text = ? limit 1`,
    [who, who, who],
  )
  return (
    row && { userId: row.user_id, spaceId: row.space_id, username: row.username, roles: row.roles, issuer: row.issuer }
  )
}

/** What of somebody who comes another user has already. */
export async function takenOf(
  orm: MikroORM,
  { userId, username, issuer, subject }: { userId: string; username: string; issuer: string; subject: string },
): Promise<'username' | 'identity' | undefined> {
  const em = orm.em.fork()
  const isThere = async (condition: string, values: string[]) =>
    (await em.execute(`select 1 from vault.credentials where user_id::text <> ? and ${condition}`, [userId, ...values]))
      .length > 0
  if (await isThere('lower(username) = lower(?)', [username])) return 'username'
  if (await isThere('issuer = ? and coalesce(subject, user_id::text) = ?', [issuer, subject])) return 'identity'
  return undefined
}

/** `erased`: nothing can be made under its name any more. `there`: it has keys or a user. */
export async function spaceStateOf(orm: MikroORM, spaceId: string): Promise<'none' | 'there' | 'erased'> {
  const [found] = await orm.em.fork().execute<{ erased: boolean; there: boolean }[]>(
    `select exists (select 1 from vault.retired where space_id = ? and account_id = '') as erased,
      exists (select 1 from vault.keys where space_id = ?) or
      exists (select 1 from vault.credentials where space_id::text = ?) as there`,
    [spaceId, spaceId, spaceId],
  )
  if (found?.erased === true) return 'erased'
  return found?.there === true ? 'there' : 'none'
}
