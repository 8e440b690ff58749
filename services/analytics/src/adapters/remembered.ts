import type { Remember } from '../application/ports.ts'
import { ReadInterrupted } from './duckdb.ts'

/**
 * Answers about one content of a mart, kept until the content changes; at most `limit`, the oldest leave. `contentOf`
 * is a number that rises with every change, as the reader's own snapshot shows it. Who asks while another one computes
 * gets the same answer, or the same error; an error is not kept. Where the other one goes away in the middle, it computes
 * by itself.
 */
export function createMemory(limit: number): (contentOf: () => Promise<number>) => Remember {
  const kept = new Map<string, Promise<unknown>>()
  let content = Number.NEGATIVE_INFINITY

  return (contentOf) =>
    async <T>(name: string, compute: () => Promise<T>): Promise<T> => {
      const mine = await contentOf()
      // A reader who began before the change sees what nobody will ask again.
      if (mine < content) return compute()
      if (mine > content) kept.clear()
      content = mine
      const known = kept.get(name)
      if (known !== undefined) {
        return (known as Promise<T>).catch((error: unknown) => {
          if (error instanceof ReadInterrupted) return compute()
          throw error
        })
      }
      const made = compute()
      kept.set(name, made)
      made.catch(() => {
        if (kept.get(name) === made) kept.delete(name)
      })
      for (const oldest of kept.keys()) if (kept.size > limit) kept.delete(oldest)
      return made
    }
}
