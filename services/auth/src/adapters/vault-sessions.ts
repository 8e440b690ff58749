import type { MikroORM } from '@mikro-orm/postgresql'
import { Session } from '@pf/vault/postgres'
import type { Sessions } from '../application/sessions.ts'
import { openClient, type Sealing, sealClient } from './sealed-clients.ts'

const place = (sessionId: string) => `session|${sessionId}`

/** Sessions in the vault; where they come from is sealed. */
export function vaultSessions(orm: MikroORM, keys: Sealing): Sessions {
  return {
    async seen({ sessionId, userId, spaceId, expiresAt, client }, now) {
      const { keyId, sealed } = await sealClient(keys, spaceId, place(sessionId), client)
      await orm.em
        .fork()
        .upsert(
          Session,
          { id: sessionId, userId, spaceId, startedAt: now, lastSeenAt: now, expiresAt, keyId, sealed },
          { onConflictFields: ['id'], onConflictMergeFields: ['lastSeenAt', 'expiresAt', 'keyId', 'sealed'] },
        )
    },
    async open(userId, now) {
      const rows = await orm.em
        .fork()
        .find(
          Session,
          { userId, endedAt: null, expiresAt: { $gt: now } },
          { orderBy: { lastSeenAt: 'desc', id: 'asc' } },
        )
      return Promise.all(
        rows.map(async ({ id: sessionId, spaceId, startedAt, lastSeenAt, expiresAt, keyId, sealed }) => {
          const client = await openClient(keys, spaceId, place(sessionId), { keyId, sealed })
          return { sessionId, userId, spaceId, startedAt, lastSeenAt, expiresAt, client }
        }),
      )
    },
    async end(sessionId, reason, now) {
      return (await orm.em.fork().nativeUpdate(Session, { id: sessionId, endedAt: null }, { endedAt: now, reason })) > 0
    },
    async endedSince(instant) {
      const rows = await orm.em.fork().find(Session, { endedAt: { $gt: instant } }, { fields: ['id'] })
      return rows.map(({ id }) => id)
    },
    async expired(now, limit) {
      const rows = await orm.em
        .fork()
        .find(Session, { endedAt: null, expiresAt: { $lte: now } }, { orderBy: { expiresAt: 'asc', id: 'asc' }, limit })
      return rows.map(({ id: sessionId, userId, spaceId }) => ({ sessionId, userId, spaceId }))
    },
    async deleteOf(userId) {
      const em = orm.em.fork()
      if ((await em.nativeDelete(Session, { userId })) > 0) await em.execute('vacuum (full) vault.sessions')
    },
    async deleteEnded(before) {
      await orm.em.fork().nativeDelete(Session, { endedAt: { $lte: before } })
    },
  }
}
