import type { Preferences } from '../application/ports.ts'
import type { Preference } from '../domain/preference.ts'

/** `Preferences` in a map, by the rules of the vault's (`describePreferences`). */
export function memoryPreferences(): Preferences {
  const kept: { userId: string; spaceId: string; preference: Preference }[] = []
  const indexOf = (userId: string, key: string) =>
    kept.findIndex((one) => one.userId === userId && one.preference.key === key)
  const of = (userId: string) => kept.filter((one) => one.userId === userId).map(({ preference }) => preference)
  return {
    all: async ({ userId }) => of(userId).sort((a, b) => (a.key < b.key ? -1 : 1)),
    find: async ({ userId }, key) => kept[indexOf(userId, key)]?.preference,
    async put({ userId, spaceId }, next, judge) {
      const at = indexOf(userId, next.key)
      judge(kept[at]?.preference, of(userId).length)
      const preference = structuredClone(next)
      if (at < 0) kept.push({ userId, spaceId, preference })
      else kept[at] = { userId, spaceId, preference }
    },
    async remove({ userId }, key, judge) {
      const at = indexOf(userId, key)
      judge(kept[at]?.preference)
      if (at >= 0) kept.splice(at, 1)
    },
    async erase(spaceId) {
      const gone = kept.filter((one) => one.spaceId === spaceId)
      for (const one of gone) kept.splice(kept.indexOf(one), 1)
      return gone.length
    },
  }
}
