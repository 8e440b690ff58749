import { dayNumber, dayOf } from '../identity/days.ts'

/** Banks book as much as about three days late and re-date rows; two weeks of overlap catch them (§5 #24, §8.7). */
export const OVERLAP_DAYS = 14

/**
 * The first day to ask for: the last success less the overlap, never before the history that the agreement covers; at first
 * that whole history. There is no last day: a future one is refused.
 */
export function windowStart(input: { today: string; historyDays: number; lastSuccess?: string }): string {
  const longest = dayNumber(input.today) - (input.historyDays - 1)
  if (input.lastSuccess === undefined) return dayOf(longest)
  return dayOf(Math.max(longest, dayNumber(input.lastSuccess) - OVERLAP_DAYS))
}
