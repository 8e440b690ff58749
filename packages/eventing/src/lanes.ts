/** Runs work at most `width` at a time over all keys, one at a time and in order of arrival per key. */
export type Lanes = {
  run(key: string, work: () => Promise<void>): Promise<void>
  /** Resolves when nothing runs or waits. */
  idle(): Promise<void>
}

export function createLanes(width: number): Lanes {
  const tails = new Map<string, Promise<void>>()
  const waiting: (() => void)[] = []
  let running = 0

  const enter = async () => {
    if (running < width) running++
    else await new Promise<void>((resolve) => waiting.push(resolve))
  }
  // A freed place is handed on without being given back, so that nobody slips in between.
  const leave = () => {
    const next = waiting.shift()
    if (next) next()
    else running--
  }
  const inPlace = async (work: () => Promise<void>) => {
    await enter()
    try {
      await work()
    } finally {
      leave()
    }
  }

  return {
    run(key, work) {
      const before = tails.get(key) ?? Promise.resolve()
      const mine = before.then(() => inPlace(work))
      const settled = mine.catch(() => undefined)
      tails.set(key, settled)
      void settled.then(() => {
        if (tails.get(key) === settled) tails.delete(key)
      })
      return mine
    },
    async idle() {
      while (tails.size > 0) await Promise.all(tails.values())
    },
  }
}
