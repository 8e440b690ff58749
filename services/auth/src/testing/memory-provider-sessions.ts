import type { ProviderSession, ProviderSessions } from '../application/provider-sessions.ts'

type Row = ProviderSession & { claimedUntil: number }

export function memoryProviderSessions(): ProviderSessions {
  const rows = new Map<string, Row>()
  const shown = ({ claimedUntil: _, ...session }: Row): ProviderSession => structuredClone(session)
  const those = (which: (row: Row) => boolean) => [...rows.values()].filter(which)
  const change = (sessionId: string, which: (row: Row) => boolean, to: Partial<Row>) => {
    const row = rows.get(sessionId)
    if (row !== undefined && which(row)) rows.set(sessionId, { ...row, ...to })
  }
  const isOpen = ({ status }: Row) => status === 'open'
  return {
    async add(session) {
      if (!rows.has(session.sessionId)) rows.set(session.sessionId, { ...session, claimedUntil: 0 })
    },
    async find(sessionId) {
      const row = rows.get(sessionId)
      return row && shown(row)
    },
    open: async (userId) => those((row) => row.userId === userId && isOpen(row)).map(shown),
    async claim(sessionId, now, until) {
      const row = rows.get(sessionId)
      if (row === undefined || !isOpen(row)) return undefined
      if (row.claimedUntil > now.getTime()) return 'busy'
      change(sessionId, isOpen, { claimedUntil: until.getTime() })
      return shown(row)
    },
    keep: async (sessionId, renewed) => change(sessionId, isOpen, { ...renewed, claimedUntil: 0 }),
    release: async (sessionId) => change(sessionId, () => true, { claimedUntil: 0 }),
    end: async (sessionId) => change(sessionId, isOpen, { status: 'ending', held: {} }),
    ending: async (limit) =>
      those(({ status }) => status === 'ending')
        .sort((a, b) => (a.sessionId < b.sessionId ? -1 : 1))
        .slice(0, limit)
        .map(shown),
    ended: async (sessionId, until) =>
      change(sessionId, ({ status }) => status !== 'ended', { status: 'ended', held: {}, expiresAt: until }),
    async deleteOf(userId) {
      for (const row of those((one) => one.userId === userId)) rows.delete(row.sessionId)
    },
    async deleteExpired(now) {
      for (const row of those(({ expiresAt }) => expiresAt <= now)) rows.delete(row.sessionId)
    },
  }
}
