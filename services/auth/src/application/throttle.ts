import { DomainError } from '@pf/contracts'
import type { Clock } from '@pf/eventing'

/**
 * Counts attempts by key in a sliding window, in memory: a guess costs time, and nobody is locked out by another's
 * guesses since the key holds the address too. Bounded: the oldest keys are dropped.
 */
export class Throttle {
  readonly #attempts = new Map<string, number[]>()
  readonly #turns = new Map<string, Promise<unknown>>()
  readonly #clock: Clock
  readonly #limit: number
  readonly #windowMs: number
  readonly #maxKeys: number

  constructor(options: { clock: Clock; limit: number; windowMs: number; maxKeys?: number }) {
    this.#clock = options.clock
    this.#limit = options.limit
    this.#windowMs = options.windowMs
    this.#maxKeys = options.maxKeys ?? 10_000
  }

  /** Seconds until the next attempt is let through; 0 when it may go on now. */
  waitSeconds(key: string): number {
    const recent = this.#recent(key)
    if (recent.length < this.#limit) return 0
    const oldest = recent[recent.length - this.#limit] ?? 0
    return Math.max(1, Math.ceil((oldest + this.#windowMs - this.#clock.now().getTime()) / 1000))
  }

  record(key: string): void {
    const recent = this.#recent(key)
    this.#attempts.delete(key)
    this.#attempts.set(key, [...recent, this.#clock.now().getTime()].slice(-this.#limit))
    for (const oldest of this.#attempts.keys()) {
      if (this.#attempts.size <= this.#maxKeys) break
      this.#attempts.delete(oldest)
    }
  }

  forgive(key: string): void {
    this.#attempts.delete(key)
  }

  /** One after another by key: a hundred guesses sent at once find what the ones before them have counted. */
  async inTurn<T>(key: string, attempt: () => Promise<T>): Promise<T> {
    const mine = (this.#turns.get(key) ?? Promise.resolve()).then(attempt, attempt)
    this.#turns.set(key, mine)
    try {
      return await mine
    } finally {
      if (this.#turns.get(key) === mine) this.#turns.delete(key)
    }
  }

  #recent(key: string): number[] {
    const since = this.#clock.now().getTime() - this.#windowMs
    return (this.#attempts.get(key) ?? []).filter((at) => at > since)
  }
}

/** Throws too_many_attempts. */
export function letThrough(throttle: Throttle, key: string): void {
  const retryAfterSeconds = throttle.waitSeconds(key)
  if (retryAfterSeconds === 0) return
  throw new DomainError('too_many_attempts', `Too many attempts. Try again in ${retryAfterSeconds} seconds.`, {
    retryAfterSeconds,
  })
}
