import type { MikroORM } from '@mikro-orm/postgresql'
import { ApiScope } from '@pf/contracts'
import { ApiToken } from '@pf/vault/postgres'
import type { ApiTokenStore, KeptApiToken } from '../application/api-tokens.ts'

/** Whoever counts a user's tokens and adds one takes turns, until the transaction ends. */
const lockUser = "select pg_advisory_xact_lock(hashtextextended('api tokens of ' || ?, 0))"
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const knownScopes = ApiScope.anyOf.map((scope) => scope.const)

/** Personal API tokens in the vault, hashed. */
export function vaultApiTokens(orm: MikroORM): ApiTokenStore {
  return {
    async add(token, limit) {
      return await orm.em.fork().transactional(async (em) => {
        await em.execute(lockUser, [token.userId])
        if ((await em.count(ApiToken, { userId: token.userId, revokedAt: null })) >= limit) return false
        await em.insert(ApiToken, token)
        return true
      })
    },

    async byHash(hash) {
      const row = await orm.em.fork().findOne(ApiToken, { hash, revokedAt: null })
      return row === null ? undefined : seen(row)
    },

    async of(userId) {
      const rows = await orm.em
        .fork()
        .find(ApiToken, { userId, revokedAt: null }, { orderBy: { createdAt: 'desc', id: 'desc' } })
      return rows.map(seen)
    },

    async revoke(userId, id, now) {
      if (!uuid.test(id)) return false
      const em = orm.em.fork()
      await em.nativeUpdate(ApiToken, { id, userId, revokedAt: null }, { revokedAt: now })
      return (await em.count(ApiToken, { id, userId })) > 0
    },

    async used(id, now) {
      await orm.em.fork().nativeUpdate(ApiToken, { id }, { lastUsedAt: now })
    },

    async revokedSince(instant) {
      const rows = await orm.em.fork().find(ApiToken, { revokedAt: { $gt: instant } }, { fields: ['id'] })
      return rows.map(({ id }) => id)
    },

    async deleteOf(userId) {
      const em = orm.em.fork()
      const deleted = await em.nativeDelete(ApiToken, { userId })
      if (deleted > 0) await em.execute('vacuum (full) vault.api_tokens')
    },

    async deleteEnded(before) {
      const em = orm.em.fork()
      await em.nativeDelete(ApiToken, { $or: [{ expiresAt: { $lt: before } }, { revokedAt: { $lt: before } }] })
    },
  }
}

const seen = (row: ApiToken): KeptApiToken => ({
  id: row.id,
  hash: row.hash,
  userId: row.userId,
  name: row.name,
  scopes: knownScopes.filter((scope) => row.scopes.includes(scope)),
  createdAt: row.createdAt,
  expiresAt: row.expiresAt ?? null,
  lastUsedAt: row.lastUsedAt ?? null,
})
