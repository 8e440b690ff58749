import type { MikroORM } from '@mikro-orm/postgresql'
import { type SecurityAction, systemSpace } from '@pf/contracts'
import type { Clock, Ids } from '@pf/eventing'
import { SecurityEvent } from '@pf/vault/postgres'
import type { Audit } from '../application/audit.ts'
import { openClient, type Sealing, sealClient } from './sealed-clients.ts'

const place = (id: string) => `security-event|${id}`

/** The audit trail in the vault. What nobody proven did is sealed by the installation's own key. */
export function vaultAudit(orm: MikroORM, keys: Sealing, clock: Clock, ids: Ids): Audit {
  return {
    async record({ action, user, sessionId, client }) {
      const id = ids.uuid()
      const spaceId = user?.spaceId ?? systemSpace
      const { keyId, sealed } = await sealClient(keys, spaceId, place(id), client)
      const who = { userId: user?.userId ?? null, spaceId, sessionId: sessionId ?? null }
      await orm.em.fork().insert(SecurityEvent, { id, ...who, action, at: clock.now(), keyId, sealed })
    },
    async list({ userId, before, limit }) {
      const em = orm.em.fork()
      const after = before === undefined ? null : await em.findOne(SecurityEvent, { id: before })
      if (before !== undefined && after === null) return []
      const older = after && { $or: [{ at: { $lt: after.at } }, { at: after.at, id: { $lt: after.id } }] }
      const where = { ...(userId === undefined ? {} : { userId }), ...older }
      const rows = await em.find(SecurityEvent, where, { orderBy: { at: 'desc', id: 'desc' }, limit })
      return Promise.all(
        rows.map(async ({ id, at, action, userId: whose, spaceId, sessionId, keyId, sealed }) => ({
          id,
          at,
          // Written above, and by nobody else.
          action: action as SecurityAction,
          userId: whose ?? null,
          sessionId: sessionId ?? null,
          client: await openClient(keys, spaceId, place(id), { keyId, sealed }),
        })),
      )
    },
    async deleteOf(userId) {
      const em = orm.em.fork()
      if ((await em.nativeDelete(SecurityEvent, { userId })) > 0)
        await em.execute('vacuum (full) vault.security_events')
    },
    async deleteBefore(instant) {
      await orm.em.fork().nativeDelete(SecurityEvent, { at: { $lt: instant } })
    },
  }
}
