import type { KeptPasskey, PasskeyStore } from '../application/passkeys.ts'

/** `PasskeyStore` in a list, by the rules of the vault's (`describePasskeys`). */
export function memoryPasskeys(): PasskeyStore {
  let kept: KeptPasskey[] = []
  const mine = (userId: string, id: string) => kept.find((one) => one.userId === userId && one.id === id)
  return {
    async add(passkey, limit) {
      if (kept.filter(({ userId }) => userId === passkey.userId).length >= limit) return 'full'
      if (kept.some(({ credentialId }) => credentialId === passkey.credentialId)) return 'known'
      kept.push({ ...passkey })
      return 'added'
    },
    of: async (userId) =>
      kept
        .filter((one) => one.userId === userId)
        .map((one) => ({ ...one }))
        .sort((one, other) => other.createdAt.getTime() - one.createdAt.getTime() || (one.id < other.id ? 1 : -1)),
    async byCredential(credentialId) {
      const found = kept.find((one) => one.credentialId === credentialId)
      return found && { ...found }
    },
    async used(id, { counter, synced }, now) {
      const found = kept.find((one) => one.id === id)
      if (found === undefined || !(found.counter < counter || (found.counter === 0 && counter === 0))) return false
      Object.assign(found, { counter, synced, lastUsedAt: now })
      return true
    },
    async rename(userId, id, name) {
      const found = mine(userId, id)
      return found && { ...Object.assign(found, { name }) }
    },
    async remove(userId, id) {
      const found = mine(userId, id)
      kept = kept.filter((one) => one !== found)
      return found !== undefined
    },
    async deleteOf(userId) {
      kept = kept.filter((one) => one.userId !== userId)
    },
  }
}
