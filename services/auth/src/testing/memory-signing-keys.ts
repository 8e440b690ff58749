import type { KeptSigningKey, SigningKeys } from '../adapters/access-tokens.ts'

/** `SigningKeys` in a list, by the rules of the vault's (`describeSigningKeys`). */
export function memorySigningKeys(): SigningKeys {
  /** The newest first; undefined: until the next one comes. */
  let kept: (KeptSigningKey & { retiresAt: Date | undefined })[] = []
  let turn: Promise<unknown> = Promise.resolve()
  const lives = ({ retiresAt }: { retiresAt: Date | undefined }, now: Date) =>
    retiresAt === undefined || retiresAt > now
  return {
    living: async (now) => kept.filter((key) => lives(key, now)).map(({ jwk, createdAt }) => ({ jwk, createdAt })),
    add({ isDue, make }, now, othersUntil) {
      const mine = turn.then(async () => {
        const newest = kept[0]?.createdAt
        if (newest !== undefined && !isDue(newest)) return newest
        for (const key of kept) if (lives(key, othersUntil)) key.retiresAt = othersUntil
        kept.unshift({ jwk: await make(), createdAt: now, retiresAt: undefined })
        return now
      })
      turn = mine.catch(() => undefined)
      return mine
    },
    async deleteRetired(now) {
      kept = kept.filter((key) => lives(key, now))
    },
  }
}
