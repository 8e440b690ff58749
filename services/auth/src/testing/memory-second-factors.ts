import type { Challenges, SecondFactorStore } from '../application/second-factor.ts'

type Kept = { secret: Uint8Array; confirmed: boolean; lastStep: number; failed: number; failedSince: Date | null }

/** `SecondFactorStore` in maps, by the rules of the vault's (`describeSecondFactors`). */
export function memorySecondFactors(): SecondFactorStore {
  const apps = new Map<string, Kept>()
  const codes = new Map<string, Set<string>>()
  return {
    async start(userId, secret) {
      if (apps.get(userId)?.confirmed) return false
      const before = apps.get(userId)
      apps.set(userId, {
        secret,
        confirmed: false,
        lastStep: -1,
        failed: before?.failed ?? 0,
        failedSince: before?.failedSince ?? null,
      })
      return true
    },
    async find(userId) {
      const app = apps.get(userId)
      if (app === undefined) return undefined
      return { secret: app.secret, confirmed: app.confirmed, recoveryCodesLeft: codes.get(userId)?.size ?? 0 }
    },
    async confirm(userId, step, recoveryHashes) {
      const app = apps.get(userId)
      if (app === undefined || app.confirmed) return false
      Object.assign(app, { confirmed: true, lastStep: step, failed: 0, failedSince: null })
      codes.set(userId, new Set(recoveryHashes))
      return true
    },
    async acceptStep(userId, step) {
      const app = apps.get(userId)
      if (!app?.confirmed || app.lastStep >= step) return false
      Object.assign(app, { lastStep: step, failed: 0, failedSince: null })
      return true
    },
    async guess(userId, now, { limit, windowMs }) {
      const app = apps.get(userId)
      if (app === undefined) return null
      const until = new Date((app.failedSince?.getTime() ?? Number.NEGATIVE_INFINITY) + windowMs)
      if (!(until > now)) Object.assign(app, { failed: 1, failedSince: now })
      else if (app.failed >= limit) return until
      else app.failed += 1
      return null
    },
    replaceCodes: async (userId, recoveryHashes) => void codes.set(userId, new Set(recoveryHashes)),
    async useCode(userId, hash) {
      const left = codes.get(userId)
      return left?.delete(hash) ? left.size : undefined
    },
    async deleteOf(userId) {
      codes.delete(userId)
      return apps.delete(userId)
    },
  }
}

/** `Challenges` in a map, by the rules of the vault's (`describeChallenges`). */
export function memoryChallenges(): Challenges {
  const kept = new Map<string, { kind: string; userId: string | null; expiresAt: Date; tries: number }>()
  const living = (hash: string, kind: string, now: Date) => {
    const found = kept.get(hash)
    return found?.kind === kind && found.expiresAt > now ? found : undefined
  }
  return {
    add: async ({ hash, ...challenge }) => void kept.set(hash, { ...challenge, tries: 0 }),
    async tried(hash, kind, now, maxTries) {
      const found = living(hash, kind, now)
      if (found === undefined || found.tries >= maxTries) return undefined
      found.tries += 1
      return { userId: found.userId }
    },
    take: async (hash, kind, now) => living(hash, kind, now) !== undefined && kept.delete(hash),
    async deleteOf(userId) {
      for (const [hash, challenge] of kept) if (challenge.userId === userId) kept.delete(hash)
    },
    async deleteExpired(now) {
      for (const [hash, { expiresAt }] of kept) if (expiresAt <= now) kept.delete(hash)
    },
  }
}
