import type { MikroORM } from '@mikro-orm/postgresql'
import { RefreshToken } from '@pf/vault/postgres'
import type { RefreshTokens } from '../application/ports.ts'

/** One change of a session at a time, until the transaction ends: no token is born into a session that is being ended. */
const lockSession = 'select pg_advisory_xact_lock(hashtextextended(?, 0))'

/** Refresh tokens in the vault, hashed; a session is a family of them. */
export function vaultRefreshTokens(orm: MikroORM): RefreshTokens {
  return {
    async find(hash) {
      const em = orm.em.fork()
      const row = await em.findOne(RefreshToken, { hash })
      if (row === null) return undefined
      const successor =
        row.successorHash === null || row.successorHash === undefined
          ? null
          : await em.findOne(RefreshToken, { hash: row.successorHash })
      return {
        hash,
        sessionId: row.family,
        userId: row.userId,
        expiresAt: row.expiresAt.getTime(),
        usedAt: row.usedAt?.getTime() ?? null,
        successor: successor === null ? null : { hash: successor.hash, usedAt: successor.usedAt?.getTime() ?? null },
        endedAt: row.endedAt?.getTime() ?? null,
      }
    },

    async add({ hash, sessionId, userId, issuedAt, expiresAt }) {
      await orm.em.fork().insert(RefreshToken, { hash, family: sessionId, userId, issuedAt, expiresAt })
    },

    async rotate(token, successor, now) {
      return await orm.em.fork().transactional(async (em) => {
        await em.execute(lockSession, [token.sessionId])
        const asRead = { hash: token.hash, endedAt: null, successorHash: token.successor?.hash ?? null }
        if ((await em.count(RefreshToken, asRead)) === 0) return false
        if (token.successor !== null) {
          // The one it replaces was never used: it is void, without its session being ended.
          const voided = await em.nativeDelete(RefreshToken, { hash: token.successor.hash, usedAt: null })
          if (voided === 0) return false
        }
        await em.nativeUpdate(RefreshToken, asRead, {
          usedAt: token.usedAt === null ? now : new Date(token.usedAt),
          successorHash: successor.hash,
        })
        await em.insert(RefreshToken, {
          hash: successor.hash,
          family: token.sessionId,
          userId: token.userId,
          issuedAt: now,
          expiresAt: successor.expiresAt,
        })
        return true
      })
    },

    async endSession(sessionId, reason, now) {
      await orm.em.fork().transactional(async (em) => {
        await em.execute(lockSession, [sessionId])
        await em.nativeUpdate(RefreshToken, { family: sessionId, endedAt: null }, { endedAt: now, reason })
      })
    },

    async endAll(userId, reason, now, except) {
      const families = await orm.em
        .fork()
        .execute<{ family: string }[]>('select distinct family from vault.refresh_tokens where user_id = ?', [userId])
      for (const { family } of families) if (family !== except) await this.endSession(family, reason, now)
    },

    async deleteOf(userId) {
      const em = orm.em.fork()
      const deleted = await em.nativeDelete(RefreshToken, { userId })
      if (deleted > 0) await em.execute('vacuum (full) vault.refresh_tokens')
    },

    async deleteExpired(now) {
      await orm.em.fork().nativeDelete(RefreshToken, { expiresAt: { $lte: now } })
    },
  }
}
