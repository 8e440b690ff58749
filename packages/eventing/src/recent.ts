/** What was used last, as much of it as may be kept: the least recently used goes first. */
export type Recent<Value> = {
  get(key: string): Value | undefined
  /** `weight` in bytes, as well as it can be told. What alone is heavier than all that may be kept is not kept. */
  set(key: string, value: Value, weight: number): void
  delete(key: string): void
}

export function createRecent<Value>(maxWeight: number): Recent<Value> {
  const entries = new Map<string, { value: Value; weight: number }>()
  let total = 0
  const drop = (key: string) => {
    total -= entries.get(key)?.weight ?? 0
    entries.delete(key)
  }
  return {
    get(key) {
      const entry = entries.get(key)
      if (!entry) return undefined
      entries.delete(key)
      entries.set(key, entry)
      return entry.value
    },
    set(key, value, weight) {
      drop(key)
      if (weight > maxWeight) return
      entries.set(key, { value, weight })
      total += weight
      for (const oldest of entries.keys()) {
        if (total <= maxWeight) break
        drop(oldest)
      }
    },
    delete: drop,
  }
}

/** About what a value takes in memory; exact enough to say when enough is kept. */
export function weightOf(value: unknown): number {
  if (typeof value === 'string') return 16 + value.length
  if (typeof value !== 'object' || value === null) return 8
  if (ArrayBuffer.isView(value)) return 64 + value.byteLength
  let weight = 32
  if (value instanceof Map) for (const [key, held] of value) weight += weightOf(key) + weightOf(held) + 16
  else if (value instanceof Set || Array.isArray(value)) for (const held of value) weight += weightOf(held) + 8
  else for (const held of Object.values(value)) weight += weightOf(held) + 16
  return weight
}
