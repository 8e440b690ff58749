import { createHmac, randomBytes } from 'node:crypto'
import { refuse } from '@pf/contracts'

const rememberedMs = 24 * 3_600_000
const maxRemembered = 20_000

/**
 * Which body each Idempotency-Key came with, so that a key sent with another body is refused rather than answered with
 * what the first one brought about. Kept in this process' memory, for a day, as keyed hashes (bodies hold passwords):
 * what makes a repeat harmless is the command id that is made of the key, and that lasts.
 */
export class IdempotencyKeys {
  readonly #secret = randomBytes(32)
  readonly #now: () => number
  /** Oldest first. */
  readonly #seen = new Map<string, { body: string; atMs: number }>()

  constructor(now: () => number) {
    this.#now = now
  }

  /** Throws `idempotency_key_reused`. `scopedKey`: the key with the user and the route it belongs to. */
  check(scopedKey: string, body: unknown): void {
    const hash = createHmac('sha256', this.#secret)
      .update(JSON.stringify(body) ?? '')
      .digest('base64')
    const since = this.#now() - rememberedMs
    for (const [key, { atMs }] of this.#seen) {
      if (atMs > since && this.#seen.size < maxRemembered) break
      this.#seen.delete(key)
    }
    const before = this.#seen.get(scopedKey)
    if (before === undefined) this.#seen.set(scopedKey, { body: hash, atMs: this.#now() })
    else if (before.body !== hash) {
      throw refuse(
        'idempotency_key_reused',
        'This Idempotency-Key came with another body before. Send a fresh key with each new command.',
      )
    }
  }
}
