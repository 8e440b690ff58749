import type { Timing } from '@pf/eventing'

/** Why work was told to stop; a reaction's message comes again, and finds nothing then. */
export class BeingErased extends Error {
  constructor() {
    super('What this works on is being erased, or moved to another installation.')
    this.name = 'BeingErased'
  }
}

/**
 * What is under way in this process, by space: an erasure waits for it to end before it deletes anything, or what was read
 * before would be written after.
 */
export interface Gate {
  /** `signal` aborts when the space, or something of it, is being erased. */
  pass<T>(spaceId: string, work: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** Tells what is under way to stop and waits for its end. Throws where it takes longer. */
  clear(spaceId: string, timeoutMs: number): Promise<void>
}

export function createGate(timing: Timing): Gate {
  const underway = new Map<string, Set<{ done: Promise<unknown>; stop: AbortController }>>()
  return {
    async pass(spaceId, work) {
      const stop = new AbortController()
      const working = work(stop.signal)
      const one = { done: working.catch(() => undefined), stop }
      const all = underway.get(spaceId) ?? new Set()
      underway.set(spaceId, all.add(one))
      try {
        return await working
      } finally {
        all.delete(one)
        if (all.size === 0 && underway.get(spaceId) === all) underway.delete(spaceId)
      }
    },
    async clear(spaceId, timeoutMs) {
      const all = [...(underway.get(spaceId) ?? [])]
      if (all.length === 0) return
      for (const { stop } of all) stop.abort(new BeingErased())
      const over = new AbortController()
      const ended = Promise.all(all.map(({ done }) => done)).then(() => true)
      const inTime = await Promise.race([ended, timing.wait(timeoutMs, over.signal).then(() => false)])
      over.abort()
      if (!inTime)
        throw new Error(`Work under way for a space that is being erased did not end within ${timeoutMs} ms.`)
    },
  }
}
