import type { RefreshTokens } from '../application/ports.ts'

type Kept = {
  sessionId: string
  userId: string
  expiresAt: number
  usedAt: number | null
  successorHash: string | null
  endedAt: number | null
}

/** `RefreshTokens` in a map, by the rules of the vault's (`describeRefreshTokens`). */
export function memoryRefreshTokens(): RefreshTokens {
  const kept = new Map<string, Kept>()
  const fresh = (sessionId: string, userId: string, expiresAt: Date): Kept => ({
    sessionId,
    userId,
    expiresAt: expiresAt.getTime(),
    usedAt: null,
    successorHash: null,
    endedAt: null,
  })
  return {
    async find(hash) {
      const token = kept.get(hash)
      if (token === undefined) return undefined
      const { successorHash, ...rest } = token
      const successor = successorHash === null ? undefined : kept.get(successorHash)
      return {
        hash,
        ...rest,
        successor:
          successorHash === null || successor === undefined ? null : { hash: successorHash, usedAt: successor.usedAt },
      }
    },
    async add({ hash, sessionId, userId, expiresAt }) {
      kept.set(hash, fresh(sessionId, userId, expiresAt))
    },
    async rotate({ hash, successor: former }, successor, now) {
      const token = kept.get(hash)
      if (token === undefined || token.endedAt !== null || token.successorHash !== (former?.hash ?? null)) return false
      if (former !== null) {
        if (kept.get(former.hash)?.usedAt !== null) return false
        kept.delete(former.hash)
      }
      kept.set(hash, { ...token, usedAt: token.usedAt ?? now.getTime(), successorHash: successor.hash })
      kept.set(successor.hash, fresh(token.sessionId, token.userId, successor.expiresAt))
      return true
    },
    async endSession(sessionId, _reason, now) {
      for (const token of kept.values()) {
        if (token.sessionId === sessionId) token.endedAt ??= now.getTime()
      }
    },
    async endAll(userId, _reason, now, except) {
      for (const token of kept.values()) {
        if (token.userId === userId && token.sessionId !== except) token.endedAt ??= now.getTime()
      }
    },
    async deleteOf(userId) {
      for (const [hash, token] of kept) if (token.userId === userId) kept.delete(hash)
    },
    async deleteExpired(now) {
      for (const [hash, { expiresAt }] of kept) if (expiresAt <= now.getTime()) kept.delete(hash)
    },
  }
}
