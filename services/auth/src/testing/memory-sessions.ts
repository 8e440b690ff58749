import type { OpenSession, Sessions } from '../application/sessions.ts'

/** `Sessions` in a map, by the rules of the vault's (`describeSessions`). */
export function memorySessions(): Sessions {
  const kept = new Map<string, OpenSession & { endedAt: Date | undefined }>()
  const all = () => [...kept.values()]
  return {
    async seen(session, now) {
      const known = kept.get(session.sessionId)
      const { expiresAt, client } = session
      if (known === undefined) {
        kept.set(session.sessionId, { ...session, startedAt: now, lastSeenAt: now, endedAt: undefined })
      } else Object.assign(known, { lastSeenAt: now, expiresAt, client })
    },
    async open(userId, now) {
      const open = all().filter((one) => one.userId === userId && one.endedAt === undefined && one.expiresAt > now)
      return open
        .map(({ endedAt: _, ...session }) => session)
        .sort((a, b) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime())
    },
    async end(sessionId, _reason, now) {
      const known = kept.get(sessionId)
      if (known === undefined || known.endedAt !== undefined) return false
      known.endedAt = now
      return true
    },
    endedSince: async (instant) =>
      all()
        .filter(({ endedAt }) => endedAt !== undefined && endedAt > instant)
        .map(({ sessionId }) => sessionId),
    expired: async (now, limit) =>
      all()
        .filter(({ endedAt, expiresAt }) => endedAt === undefined && expiresAt <= now)
        .sort((a, b) => a.expiresAt.getTime() - b.expiresAt.getTime())
        .slice(0, limit)
        .map(({ sessionId, userId, spaceId }) => ({ sessionId, userId, spaceId })),
    async deleteOf(userId) {
      for (const { sessionId, userId: whose } of all()) if (whose === userId) kept.delete(sessionId)
    },
    async deleteEnded(before) {
      for (const { sessionId, endedAt } of all()) if (endedAt !== undefined && endedAt <= before) kept.delete(sessionId)
    },
  }
}
