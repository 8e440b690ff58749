import type { ApiTokenStore, KeptApiToken } from '../application/api-tokens.ts'

/** `ApiTokenStore` in a list, by the rules of the vault's (`describeApiTokens`). */
export function memoryApiTokens(): ApiTokenStore {
  let kept: (KeptApiToken & { revokedAt: Date | null })[] = []
  const seen = ({ revokedAt: _, ...token }: (typeof kept)[number]): KeptApiToken => ({ ...token })
  const livingOf = (userId: string) => kept.filter((token) => token.userId === userId && token.revokedAt === null)
  return {
    async add(token, limit) {
      if (livingOf(token.userId).length >= limit) return false
      kept.push({ ...token, revokedAt: null })
      return true
    },
    async byHash(hash) {
      const found = kept.find((token) => token.hash === hash && token.revokedAt === null)
      return found && seen(found)
    },
    of: async (userId) =>
      livingOf(userId)
        .map(seen)
        .sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime() || (one.id < other.id ? 1 : -1)),
    async revoke(userId, id, now) {
      const found = kept.find((token) => token.userId === userId && token.id === id)
      if (found !== undefined) found.revokedAt ??= now
      return found !== undefined
    },
    async used(id, now) {
      for (const token of kept) if (token.id === id) token.lastUsedAt = now
    },
    revokedSince: async (instant) =>
      kept.filter(({ revokedAt }) => revokedAt !== null && revokedAt > instant).map(({ id }) => id),
    async deleteOf(userId) {
      kept = kept.filter((token) => token.userId !== userId)
    },
    async deleteEnded(before) {
      kept = kept.filter(
        ({ expiresAt, revokedAt }) => !((revokedAt ?? before) < before || (expiresAt ?? before) < before),
      )
    },
  }
}
