import type { MikroORM } from '@mikro-orm/postgresql'
import { ProviderSession as Row } from '@pf/vault/postgres'
import type { ProviderSession, ProviderSessions } from '../application/provider-sessions.ts'

/** Sessions with another provider, in the vault beside refresh tokens. */
export function vaultProviderSessions(orm: MikroORM): ProviderSessions {
  return {
    async add(session) {
      await orm.em.fork().execute(
        `insert into vault.provider_sessions (session_id, user_id, sid, held, expires_at, status)
          values (?, ?, ?, ?::jsonb, ?, ?) on conflict do nothing`,
        [
          session.sessionId,
          session.userId,
          session.sid,
          JSON.stringify(session.held),
          session.expiresAt,
          session.status,
        ],
      )
    },
    async find(sessionId) {
      const row = await orm.em.fork().findOne(Row, { sessionId })
      return row === null ? undefined : shown(row)
    },
    async open(userId) {
      return (await orm.em.fork().find(Row, { userId, status: 'open' })).map(shown)
    },
    async claim(sessionId, now, until) {
      const em = orm.em.fork()
      const free = { $or: [{ claimedUntil: null }, { claimedUntil: { $lte: now } }] }
      const claimed = await em.nativeUpdate(Row, { sessionId, status: 'open', ...free }, { claimedUntil: until })
      const row = await em.findOne(Row, { sessionId, status: 'open' })
      if (row === null) return undefined
      return claimed === 0 ? 'busy' : shown(row)
    },
    async keep(sessionId, { held, expiresAt }) {
      await orm.em.fork().nativeUpdate(Row, { sessionId, status: 'open' }, { held, expiresAt, claimedUntil: null })
    },
    async release(sessionId) {
      await orm.em.fork().nativeUpdate(Row, { sessionId }, { claimedUntil: null })
    },
    async end(sessionId) {
      await orm.em.fork().nativeUpdate(Row, { sessionId, status: 'open' }, { status: 'ending', held: {} })
    },
    async ending(limit) {
      const rows = await orm.em.fork().find(Row, { status: 'ending' }, { orderBy: { sessionId: 'asc' }, limit })
      return rows.map(shown)
    },
    async ended(sessionId, until) {
      await orm.em
        .fork()
        .nativeUpdate(Row, { sessionId, status: { $ne: 'ended' } }, { status: 'ended', held: {}, expiresAt: until })
    },
    async deleteOf(userId) {
      const em = orm.em.fork()
      const deleted = await em.nativeDelete(Row, { userId })
      // What is deleted stays in its page otherwise.
      if (deleted > 0) await em.execute('vacuum (full) vault.provider_sessions')
    },
    async deleteExpired(now) {
      await orm.em.fork().nativeDelete(Row, { expiresAt: { $lte: now } })
    },
  }
}

const shown = ({ sessionId, userId, sid, held, expiresAt, status }: Row): ProviderSession => ({
  sessionId,
  userId,
  sid,
  held,
  expiresAt,
  status,
})
