import type { MikroORM } from '@mikro-orm/postgresql'
import type { KeyStore, WrappedKey } from '../key-ring.ts'
import type { KeyScope } from '../ports.ts'
import type { SecretStore } from '../secret-box.ts'
import { DataKey, Secret } from './entities.ts'

/** Of `vault.keys k`: rows that no erasure has retired. */
export const isStanding = `not exists (select 1 from vault.retired r
  where r.space_id = k.space_id and r.account_id in ('', k.account_id))`

/** Of `vault.keys k`: whether its space is being moved away. */
const isHeld = `exists (select 1 from vault.moves m where m.space_id = k.space_id and m.way = 'leaving')`

export function postgresKeyStore(orm: MikroORM): KeyStore {
  const ask = <Row>(sql: string, values: unknown[]) => orm.em.fork().execute<Row[]>(sql, values)
  const found = (row: KeyRow | undefined): WrappedKey | undefined =>
    row && {
      spaceId: row.space_id,
      accountId: row.account_id,
      rootId: row.root_id,
      generation: row.generation,
      wrapped: row.wrapped,
      held: row.held === true,
    }
  const ofScope = ({ spaceId, accountIds }: KeyScope) =>
    accountIds === undefined ? { spaceId } : { spaceId, accountId: { $in: [...accountIds] } }
  return {
    async find(spaceId, accountId) {
      const sql = `select k.*, ${isHeld} as held from vault.keys k
        where space_id = ? and account_id = ? and ${isStanding}`
      return found((await ask<KeyRow>(sql, [spaceId, accountId]))[0])
    },
    any: async () => found((await ask<KeyRow>('select * from vault.keys limit 1', []))[0]),
    async insert({ spaceId, accountId, rootId, generation, wrapped }) {
      // Of two processes that make a key at once the first one's stays, for both.
      await ask(
        `insert into vault.keys (space_id, account_id, root_id, generation, wrapped)
          select k.space_id, k.account_id, ?::text, ?::integer, decode(?, 'hex') from (select ?::text as space_id, ?::text as account_id) k
          where ${isStanding} on conflict do nothing`,
        [rootId, generation, Buffer.from(wrapped).toString('hex'), spaceId, accountId],
      )
      return (await this.find(spaceId, accountId)) !== undefined
    },
    async advance(spaceId, accountId) {
      const sql = `update vault.keys k set generation = generation + 1
        where space_id = ? and account_id = ? and ${isStanding} returning generation`
      return (await ask<KeyRow>(sql, [spaceId, accountId]))[0]?.generation
    },
    async retire({ spaceId, accountIds = [''] }) {
      const sql = `insert into vault.retired (space_id, account_id)
        select ?, unnest(?::text[]) on conflict do nothing`
      await ask(sql, [spaceId, `{${accountIds.map((id) => JSON.stringify(id)).join(',')}}`])
    },
    async delete(scope) {
      const deleted = await orm.em.fork().nativeDelete(DataKey, ofScope(scope))
      // A deleted row's bytes stay in its page otherwise, and the master key would open them.
      if (deleted > 0) await orm.em.fork().execute('vacuum (full) vault.keys')
    },
  }
}

type KeyRow = {
  space_id: string
  account_id: string
  root_id: string
  generation: number
  wrapped: Uint8Array
  held?: boolean
}

export function postgresSecretStore(orm: MikroORM): SecretStore & { isVisible(): Promise<boolean> } {
  return {
    find: async (name) => (await orm.em.fork().findOne(Secret, { name }))?.sealed,
    async any() {
      // Services without secrets of their own may not look at those of others.
      return (await this.isVisible()) ? (await orm.em.fork().find(Secret, {}, { limit: 1 }))[0] : undefined
    },
    async isVisible() {
      const sql = "select has_table_privilege('vault.secrets', 'select') as visible"
      const [row] = await orm.em.fork().execute<{ visible: boolean }[]>(sql)
      return row?.visible === true
    },
    async put(name, sealed) {
      await orm.em.fork().upsert(Secret, { name, sealed })
    },
    async delete(name) {
      await orm.em.fork().nativeDelete(Secret, { name })
    },
    // Released with the transaction, so also where this process dies.
    locked: (name, work) =>
      orm.em.fork().transactional(async (em) => {
        await em.execute("select set_config('lock_timeout', '90s', true)")
        await em.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`vault.secrets|${name}`])
        return work()
      }),
  }
}
