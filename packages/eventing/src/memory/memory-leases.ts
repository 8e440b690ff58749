import type { Leases } from '../ports.ts'

/** For one process: who asks in turn gets it in turn, and nothing is ever lost. */
export function createMemoryLeases(): Leases {
  const tails = new Map<string, Promise<void>>()
  return {
    async acquire(name, signal) {
      const before = tails.get(name) ?? Promise.resolve()
      const released = Promise.withResolvers<void>()
      const tail = before.then(() => released.promise)
      tails.set(name, tail)
      const aborted = Promise.withResolvers<never>()
      const abort = () => aborted.reject(signal.reason)
      signal.addEventListener('abort', abort)
      try {
        signal.throwIfAborted()
        await Promise.race([before, aborted.promise])
      } catch (error) {
        released.resolve()
        throw error
      } finally {
        signal.removeEventListener('abort', abort)
      }
      return {
        lost: new AbortController().signal,
        async release() {
          released.resolve()
          if (tails.get(name) === tail) tails.delete(name)
        },
      }
    },
  }
}
