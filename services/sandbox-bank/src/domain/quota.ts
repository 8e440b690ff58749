import { DAY_MS } from './days.ts'

/** Successful calls per account and scope in a rolling day (since 10 March 2025, gocardless.md §6). */
export const DAILY_LIMIT = 4

/** Instants (ms) of the successes that still count, oldest first. */
export type Successes = readonly number[]

/** Only the rolling day counts; successes ahead of a clock that was set back count no more. */
export function stillCounting(successes: Successes, nowMs: number): number[] {
  return successes.filter((at) => at > nowMs - DAY_MS && at <= nowMs)
}

/** Whole seconds until the oldest success stops counting; a full day where there is none. */
export function secondsToReset(successes: Successes, nowMs: number): number {
  const oldest = successes[0]
  return oldest === undefined ? DAY_MS / 1000 : Math.max(1, Math.ceil((oldest + DAY_MS - nowMs) / 1000))
}

/** The three account headers, lower case with underscores as on the wire. */
export function quotaHeaders(successes: Successes, nowMs: number): Record<string, string> {
  return {
    http_x_ratelimit_account_success_limit: String(DAILY_LIMIT),
    http_x_ratelimit_account_success_remaining: String(Math.max(0, DAILY_LIMIT - successes.length)),
    http_x_ratelimit_account_success_reset: String(secondsToReset(successes, nowMs)),
  }
}
