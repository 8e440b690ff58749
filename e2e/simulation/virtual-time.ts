import type { Clock, Timing } from '@pf/eventing'
import type { Rng } from '@pf/sandbox-bank/world'

/** What runs until it is killed: one incarnation of a simulated process. Nothing that it waits for ever comes once it is dead. */
export type Owner = {
  readonly name: string
  isAlive: boolean
  /** Stopped (SIGSTOP) until then. */
  pausedUntilMs: number
  /** Who has to know when it dies. */
  readonly mourners: Set<() => void>
}

export const newOwner = (name: string, isAlive = true): Owner => ({
  name,
  isAlive,
  pausedUntilMs: 0,
  mourners: new Set(),
})

const mostAtOnce = 100_000

type Entry = { atMs: number; owner: Owner | undefined; run(): void }

/**
 * The only clock and the only waiting of a simulation. Whatever happens is an entry with a virtual time; the next one runs
 * when all that the one before set free has come to rest, so that one seed has one order.
 */
export class VirtualTime {
  #nowMs: number
  readonly #heap: Entry[] = []
  readonly #rng: Rng
  /** Entries that have run since time went on. */
  #stuck = 0
  /** Entries that have run. */
  steps = 0

  constructor(startMs: number, rng: Rng) {
    this.#nowMs = startMs
    this.#rng = rng
  }

  get nowMs(): number {
    return this.#nowMs
  }

  readonly clock: Clock = { now: () => new Date(this.#nowMs) }

  /** Runs `run` after `ms`, unless the owner is dead by then. */
  after(ms: number, owner: Owner | undefined, run: () => void): void {
    this.#push({ atMs: this.#nowMs + ms, owner, run })
  }

  /** Resolves after `ms`, and never for an owner that is dead by then. */
  wait(ms: number, owner: Owner | undefined): Promise<void> {
    return new Promise((resolve) => this.after(ms, owner, resolve))
  }

  timingOf(owner: Owner): Timing {
    return {
      random: () => this.#rng.next(),
      wait: (ms, signal) =>
        new Promise((resolve) => {
          if (signal?.aborted) {
            resolve()
            return
          }
          const done = () => {
            signal?.removeEventListener('abort', done)
            resolve()
          }
          this.after(ms, owner, done)
          signal?.addEventListener('abort', done, { once: true })
        }),
    }
  }

  /** A signal that aborts after `ms`, with the error that `AbortSignal.timeout` has. */
  deadline(ms: number, owner: Owner): AbortSignal {
    const controller = new AbortController()
    this.after(ms, owner, () => controller.abort(new DOMException('The operation timed out.', 'TimeoutError')))
    return controller.signal
  }

  /** Lives on until `untilMs`. Rejects with what an entry throws. */
  run(untilMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const step = () => {
        try {
          const entry = this.#next(untilMs)
          if (entry === undefined) {
            this.#nowMs = untilMs
            resolve()
            return
          }
          this.#stuck = entry.atMs > this.#nowMs ? 0 : this.#stuck + 1
          if (this.#stuck > mostAtOnce) throw new Error(`${mostAtOnce} things in one instant: time does not go on.`)
          this.#nowMs = entry.atMs
          this.steps++
          entry.run()
        } catch (error) {
          reject(error)
          return
        }
        // A tick that a microtask asks for comes when every microtask has run: all that this entry set free rests by then.
        queueMicrotask(() => process.nextTick(step))
      }
      process.nextTick(step)
    })
  }

  #next(untilMs: number): Entry | undefined {
    for (;;) {
      const entry = this.#heap[0]
      if (entry === undefined || entry.atMs > untilMs) return undefined
      this.#pop()
      const { owner } = entry
      if (owner === undefined) return entry
      if (!owner.isAlive) continue
      if (owner.pausedUntilMs <= entry.atMs) return entry
      this.#push({ ...entry, atMs: owner.pausedUntilMs + this.#rng.next() })
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(entry)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (heap[parent]!.atMs <= entry.atMs) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = entry
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && heap[child + 1]!.atMs < heap[child]!.atMs) child++
      if (heap[child]!.atMs >= last.atMs) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
  }
}
