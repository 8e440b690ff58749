import { DomainError } from '@pf/contracts'
import type { Clock } from '@pf/eventing'

/** `limit` attempts in `windowMs` from the first of them on. */
export type Bound = { limit: number; windowMs: number }

/** Attempts by key, counted for all replicas and over restarts. A key says whose attempts; what it says is kept nowhere. */
export interface Attempts {
  /** Counts one before it is looked at, however many come at once; answers until when none is taken, undefined where this one is. */
  count(key: string, now: Date, bound: Bound): Promise<Date | undefined>
  /** It was none that counts. */
  takeBack(key: string): Promise<void>
  /** None before counts any more. */
  forgive(key: string): Promise<void>
  /** Deletes those whose window has passed. */
  deleteOver(now: Date): Promise<void>
}

export const quarterHourMs = 15 * 60_000

/** Throws too_many_attempts. */
export async function letThrough(
  { attempts, clock }: { attempts: Attempts; clock: Clock },
  key: string,
  bound: Bound,
): Promise<void> {
  const now = clock.now()
  const until = await attempts.count(key, now, bound)
  if (until === undefined) return
  const retryAfterSeconds = Math.max(1, Math.ceil((until.getTime() - now.getTime()) / 1000))
  throw new DomainError('too_many_attempts', `Too many attempts. Try again in ${retryAfterSeconds} seconds.`, {
    retryAfterSeconds,
  })
}
