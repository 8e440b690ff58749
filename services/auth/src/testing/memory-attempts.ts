import type { Attempts } from '../application/attempts.ts'
import type { Devices } from '../application/known-devices.ts'

/** `Attempts` in a map, by the rules of the vault's (`describeAttempts`). */
export function memoryAttempts(): Attempts {
  const kept = new Map<string, { count: number; until: Date }>()
  return {
    async count(key, now, { limit, windowMs }) {
      const found = kept.get(key)
      const standing =
        found !== undefined && found.until > now ? found : { count: 0, until: new Date(now.getTime() + windowMs) }
      const counted = { ...standing, count: Math.min(standing.count, limit) + 1 }
      kept.set(key, counted)
      return counted.count > limit ? counted.until : undefined
    },
    async takeBack(key) {
      const found = kept.get(key)
      if (found !== undefined) found.count = Math.max(0, found.count - 1)
    },
    forgive: async (key) => void kept.delete(key),
    async deleteOver(now) {
      for (const [key, { until }] of kept) if (until <= now) kept.delete(key)
    },
  }
}

/** `Devices` in a map, by the rules of the vault's (`describeDevices`). */
export function memoryDevices(): Devices {
  const kept = new Map<string, { userId: string; lastSeenAt: Date }>()
  const drop = (goes: (device: { userId: string; lastSeenAt: Date }, hash: string) => boolean) => {
    for (const [hash, device] of kept) if (goes(device, hash)) kept.delete(hash)
  }
  return {
    ownerOf: async (hash) => kept.get(hash)?.userId,
    async seen({ hash, userId }, now, limit) {
      kept.set(hash, { userId, lastSeenAt: now })
      const newest = [...kept]
        .filter(([, device]) => device.userId === userId)
        .sort(([, a], [, b]) => b.lastSeenAt.getTime() - a.lastSeenAt.getTime())
        .slice(0, limit)
        .map(([each]) => each)
      drop((device, each) => device.userId === userId && !newest.includes(each))
    },
    deleteOf: async (userId, except) => drop((device, hash) => device.userId === userId && hash !== except),
    deleteUnseenSince: async (instant) => drop(({ lastSeenAt }) => lastSeenAt < instant),
  }
}
