import type { Lease, Leases } from '../ports.ts'

/** What every implementation of `Leases` does. `another()`: of another process, as far as that can be told here. */
export function describeLeases(name: string, another: () => Leases): void {
  describe(`${name} leases`, () => {
    const never = new AbortController().signal
    const patienceMs = 60_000
    let thing = 0
    const fresh = () => `thing-${++thing}-${name}`
    const isHeld = async (waiting: Promise<Lease>) =>
      Promise.race([waiting.then(() => true), new Promise((resolve) => setTimeout(resolve, 600, false))])

    it(
      'are held by one at a time, and pass on when released',
      async () => {
        const about = fresh()
        const first = await another().acquire(about, never)
        const waiting = another().acquire(about, never)
        expect(await isHeld(waiting)).toBe(false)
        await first.release()
        const second = await waiting
        expect(second.lost.aborted).toBe(false)
        await second.release()
      },
      patienceMs,
    )
    it(
      'of different things do not wait for each other',
      async () => {
        const leases = another()
        const held = await Promise.all([fresh(), fresh()].map((about) => leases.acquire(about, never)))
        for (const lease of held) await lease.release()
      },
      patienceMs,
    )
    it(
      'are not waited for any longer than the signal says, and then pass on all the same',
      async () => {
        const about = fresh()
        const leases = another()
        const first = await leases.acquire(about, never)
        const stop = new AbortController()
        const waiting = another().acquire(about, stop.signal)
        stop.abort(new Error('enough'))
        await expect(waiting).rejects.toThrow('enough')
        const third = another().acquire(about, never)
        await first.release()
        await (await third).release()
      },
      patienceMs,
    )
  })
}
