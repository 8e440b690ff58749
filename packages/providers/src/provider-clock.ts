import { DomainError } from '@pf/contracts'
import type { BankFeed } from './bank-feed.ts'

/** How old the sandbox's offset may be before it is asked for again. */
export const offsetMaxAgeMs = 10_000

/** Wall clock + the offset of a provider whose `Date` is believed; one question at a time. */
export class ProviderClock {
  readonly #feed: BankFeed
  readonly #wall: { now(): Date }
  /** Undefined until it has answered once. */
  #offsetMs: number | undefined
  #askedAtMs = Number.NEGATIVE_INFINITY
  #asking: Promise<void> | undefined
  #trouble: unknown

  constructor(feed: BankFeed, wall: { now(): Date }) {
    this.#feed = feed
    this.#wall = wall
  }

  async now(): Promise<string> {
    const age = this.#wall.now().getTime() - this.#askedAtMs
    if (this.#offsetMs === undefined || this.#askedAtMs === Number.NEGATIVE_INFINITY) await this.#ask()
    else if (age >= offsetMaxAgeMs || age < 0) void this.#ask()
    return this.#known()
  }

  async askNow(): Promise<string> {
    await this.#ask()
    return this.#known()
  }

  /** An answer under way may be from before the clock was moved: it is not waited for, nor believed. */
  forget(): void {
    this.#askedAtMs = Number.NEGATIVE_INFINITY
    this.#asking = undefined
  }

  #known(): string {
    if (this.#offsetMs === undefined) {
      throw new DomainError(
        'provider_unavailable',
        `The provider "${this.#feed.id}" has not answered since this service started, so that its day is not known. Try again when it does.`,
        { retryAfterSeconds: 5, cause: this.#trouble },
      )
    }
    return new Date(this.#wall.now().getTime() + this.#offsetMs).toISOString()
  }

  #ask(): Promise<void> {
    if (this.#asking !== undefined) return this.#asking
    const asking = this.#offsetNow().then((offsetMs) => {
      if (this.#asking !== asking) return
      this.#asking = undefined
      if (offsetMs !== undefined) this.#offsetMs = offsetMs
      this.#askedAtMs = this.#wall.now().getTime()
    })
    this.#asking = asking
    return asking
  }

  async #offsetNow(): Promise<number | undefined> {
    try {
      const theirs = Date.parse(await this.#feed.now())
      return theirs - this.#wall.now().getTime()
    } catch (error) {
      // It does not answer: what was known of its clock holds until it does. Its calls tell of the trouble.
      this.#trouble = error
      return undefined
    }
  }
}
