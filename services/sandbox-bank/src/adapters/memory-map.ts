import type { Store } from '../application/ports.ts'

/** What the bank remembers, in this process alone. */
export function memoryMap(): Store {
  const map = new Map<string, unknown>()
  return {
    get: <T>(key: string) => map.get(key) as T | undefined,
    keys: () => [...map.keys()],
    list: <T>(prefix: string) => [...map].filter(([key]) => key.startsWith(prefix)).map(([, value]) => value as T),
    commit(changes) {
      for (const [key, value] of Object.entries(changes)) {
        if (value === null) map.delete(key)
        else map.set(key, value)
      }
    },
  }
}
