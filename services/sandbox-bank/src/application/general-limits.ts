import {
  countedIn,
  type GeneralLimit,
  generalLimitOf,
  rateOf,
  secondsLeft,
  type Window,
} from '../domain/general-limits.ts'
import { rateLimited } from '../domain/wire-error.ts'
import type { Clock } from './ports.ts'
import type { Switches } from './switches.ts'

/** Where a call stands in its limit. */
export type Standing = { limit: GeneralLimit; used: number; resetSeconds: number }

/** Calls of all kinds by the bank's clock. A new start begins new windows. */
export class GeneralLimits {
  readonly #clock: Clock
  readonly #switches: Switches
  readonly #windows = new Map<string, Window>()

  constructor(clock: Clock, switches: Switches) {
    this.#clock = clock
    this.#switches = switches
  }

  count(method: string, path: string): Standing {
    const limit = generalLimitOf(method, path)
    const now = this.#clock.now()
    const window = countedIn(limit, this.#windows.get(limit.name), now)
    this.#windows.set(limit.name, window)
    return { limit, used: window.calls, resetSeconds: secondsLeft(limit, window, now) }
  }

  /** @throws WireError 429 where this call is over its limit and limits are enforced. */
  admit({ limit, used, resetSeconds }: Standing): void {
    if (this.#switches.now().generalLimits === 'enforced' && used > limit.most) {
      throw rateLimited(rateOf(limit), resetSeconds)
    }
  }

  /** The general triple. Where nothing is enforced, a client is never told that nothing is left. */
  headers({ limit, used, resetSeconds }: Standing): Record<string, string> {
    const least = this.#switches.now().generalLimits === 'enforced' ? 0 : 1
    return {
      http_x_ratelimit_limit: String(limit.most),
      http_x_ratelimit_remaining: String(Math.max(least, limit.most - used)),
      http_x_ratelimit_reset: String(resetSeconds),
    }
  }

  forget(): void {
    this.#windows.clear()
  }
}
