import type { InviteStore, KeptInvite } from '../application/invites.ts'

/** `InviteStore` in a map, by the rules of the vault's (`describeInvites`). `use` is for `memoryAccounts`. */
export function memoryInvites(): InviteStore & { use(hash: string, now: Date): boolean } {
  const kept = new Map<string, KeptInvite>()
  const isOpen = ({ usedAt, expiresAt }: KeptInvite, now: Date) => usedAt === null && expiresAt > now
  const byHash = (hash: string, now: Date) =>
    [...kept.values()].find((invite) => invite.hash === hash && isOpen(invite, now))
  return {
    async add(invite, limit) {
      if ([...kept.values()].filter((one) => isOpen(one, invite.issuedAt)).length >= limit) return false
      kept.set(invite.id, { ...invite })
      return true
    },
    open: async (hash, now) => byHash(hash, now),
    all: async () =>
      [...kept.values()].sort((a, b) => b.issuedAt.getTime() - a.issuedAt.getTime() || (a.id < b.id ? 1 : -1)),
    async revoke(id) {
      const found = kept.get(id)
      if (found === undefined || found.usedAt !== null) return undefined
      kept.delete(id)
      return found
    },
    async deleteOf(userId) {
      for (const [id, { issuedBy }] of kept) if (issuedBy === userId) kept.delete(id)
    },
    async deleteEnded(before) {
      for (const [id, { expiresAt, usedAt }] of kept)
        if (expiresAt < before || (usedAt !== null && usedAt < before)) kept.delete(id)
    },
    use(hash, now) {
      const found = byHash(hash, now)
      if (found === undefined) return false
      kept.set(found.id, { ...found, usedAt: now })
      return true
    },
  }
}
