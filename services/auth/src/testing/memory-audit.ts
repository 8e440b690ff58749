import type { Clock, Ids } from '@pf/eventing'
import type { Audit, KeptSecurityEvent } from '../application/audit.ts'

/** `Audit` in a list, by the rules of the vault's (`describeAudit`). */
export function memoryAudit(clock: Clock, ids: Ids): Audit {
  const kept: KeptSecurityEvent[] = []
  const drop = (goes: (event: KeptSecurityEvent) => boolean) => {
    kept.splice(0, kept.length, ...kept.filter((event) => !goes(event)))
  }
  return {
    async record({ action, user, sessionId, client }) {
      const who = { userId: user?.userId ?? null, sessionId: sessionId ?? null }
      kept.unshift({ id: ids.uuid(), at: clock.now(), action, ...who, client })
    },
    async list({ userId, before, limit }) {
      const known = kept.findIndex(({ id }) => id === before)
      if (before !== undefined && known < 0) return []
      const older = kept.slice(known + 1)
      return older.filter((event) => userId === undefined || event.userId === userId).slice(0, limit)
    },
    deleteOf: async (userId) => drop((event) => event.userId === userId),
    deleteBefore: async (instant) => drop(({ at }) => at < instant),
  }
}
