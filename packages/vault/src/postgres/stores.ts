import type { MikroORM } from '@mikro-orm/postgresql'
import type { KeyStore } from '../key-ring.ts'
import type { SecretStore } from '../secret-box.ts'
import { DataKey, Secret } from './entities.ts'

export function postgresKeyStore(orm: MikroORM): KeyStore {
  return {
    find: async (spaceId, accountId) => (await orm.em.fork().findOne(DataKey, { spaceId, accountId })) ?? undefined,
    any: async () => (await orm.em.fork().find(DataKey, {}, { limit: 1 }))[0],
    async insert(key) {
      // Of two processes that make a key at once the first one's stays, for both.
      await orm.em.fork().upsert(DataKey, key, {
        onConflictFields: ['spaceId', 'accountId'],
        onConflictAction: 'ignore',
      })
    },
    async delete(spaceId, accountId) {
      await orm.em.fork().nativeDelete(DataKey, accountId === undefined ? { spaceId } : { spaceId, accountId })
    },
  }
}

export function postgresSecretStore(orm: MikroORM): SecretStore {
  return {
    find: async (name) => (await orm.em.fork().findOne(Secret, { name }))?.sealed,
    any: async () => (await orm.em.fork().find(Secret, {}, { limit: 1 }))[0],
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
