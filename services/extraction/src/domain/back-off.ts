import { dayMs, later, minuteMs } from './days.ts'

/** Minutes until a bank that did not answer is asked again; the last one repeats (502, 503, 504, refused, dropped). */
export const retryMinutes = [1, 5, 15, 60] as const
/** Between two failures of a day that the bank counts towards suspending the account. */
export const countedRestMs = 6 * 60 * minuteMs

/** A resource that the bank withholds (403 AccountAccessForbidden, AccountResourceUnavailable) is asked for once a week. */
export const withheldMs = 7 * dayMs

export type Failure = {
  /** What gocardless.md §7 says to do. */
  action: string
  /** Whether the bank counts it towards suspending the account. */
  counted: boolean
  /** What the bank said of when to come again. */
  retryAfterSeconds?: number
}

/** A refusal after which only the user's word helps: "no more calls" (gocardless.md §7). */
export const asksTheUser = (action: string): boolean => action === 'reauthorise'

/** Whether it is too early to ask again for what the bank withheld at `at`. A bank's clock can be set back (the demo's). */
export const isWithheld = (at: string | undefined, now: string): boolean =>
  at !== undefined && Math.abs(Date.parse(now) - Date.parse(at)) < withheldMs

/** Until when the bank said that it allows no more; undefined where it said nothing of the kind. */
export function resetTime({ action, retryAfterSeconds }: Failure, now: string): string | undefined {
  return action === 'wait_until_reset' ? later(now, (retryAfterSeconds ?? dayMs / 1000) * 1000) : undefined
}

/**
 * When to try again by itself (the bank's time), or undefined where trying again helps nobody. `attempt`: retries before
 * this failure. `restsUntil`: set where the bank has counted two failures within a day.
 */
export function retryTime(
  failure: Failure,
  { attempt, now, restsUntil }: { attempt: number; now: string; restsUntil: string | undefined },
): string | undefined {
  switch (failure.action) {
    case 'wait_until_reset':
      return resetTime(failure, now)
    case 'pause_and_check_account':
      return later(now, dayMs)
    case 'retry_later':
      if (restsUntil !== undefined) return restsUntil
      if (failure.counted) return later(now, countedRestMs)
      return later(now, minutesAfter(attempt, failure.retryAfterSeconds) * minuteMs)
    default:
      return undefined
  }
}

function minutesAfter(attempt: number, retryAfterSeconds = 0): number {
  const planned = retryMinutes[Math.min(attempt, retryMinutes.length - 1)] ?? 60
  return Math.max(planned, Math.ceil(retryAfterSeconds / 60))
}
