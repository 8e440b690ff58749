import { DomainError } from '@pf/contracts'

export interface Turns {
  /** Waits for a turn of this space, then for one of all. Throws `overloaded`, the signal's reason. */
  take<T>(spaceId: string, signal: AbortSignal, work: () => Promise<T>): Promise<T>
}

/** At most `atOnce` at a time, one per space; at most `waiting` in line. */
export function createTurns({ atOnce, waiting }: { atOnce: number; waiting: number }): Turns {
  const busy = new Set<string>()
  const line: { spaceId: string; go(): void }[] = []

  const next = (): void => {
    for (const one of [...line]) {
      if (busy.size >= atOnce) return
      if (busy.has(one.spaceId)) continue
      line.splice(line.indexOf(one), 1)
      busy.add(one.spaceId)
      one.go()
    }
  }

  async function turn(spaceId: string, signal: AbortSignal): Promise<void> {
    if (line.length >= waiting)
      throw new DomainError('overloaded', 'Too many questions wait already. Ask again in a moment.', {
        retryAfterSeconds: 2,
      })
    const mine = Promise.withResolvers<void>()
    const place = { spaceId, go: mine.resolve }
    const leave = () => {
      const at = line.indexOf(place)
      if (at < 0) return
      line.splice(at, 1)
      mine.reject(signal.reason)
    }
    line.push(place)
    signal.addEventListener('abort', leave)
    next()
    try {
      await mine.promise
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }

  return {
    async take(spaceId, signal, work) {
      signal.throwIfAborted()
      await turn(spaceId, signal)
      try {
        return await work()
      } finally {
        busy.delete(spaceId)
        next()
      }
    },
  }
}
