/** Wakes all who wait for a change in this process. */
export function createBell() {
  let next = Promise.withResolvers<void>()
  return {
    ring() {
      next.resolve()
      next = Promise.withResolvers()
    },
    /** Resolves at the next ring, or when the signal aborts. */
    rung(signal: AbortSignal): Promise<void> {
      return new Promise((resolve) => {
        if (signal.aborted) return resolve()
        const done = () => {
          signal.removeEventListener('abort', done)
          resolve()
        }
        signal.addEventListener('abort', done, { once: true })
        void next.promise.then(done)
      })
    },
  }
}
