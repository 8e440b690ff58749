import type { Window } from '@pf/contracts'
import { addDays } from './days.ts'

/** Days asked for again before the watermark: banks book late and re-date (gocardless.md §5 #24, §8.7). */
export const overlapDays = 14

/**
 * The days to ask a bank for, both inclusive. First the longest history that the consent allows; then from the watermark
 * less the overlap, never further back than that history.
 */
export function windowFor(today: string, historyDays: number, watermark: string | null): Window {
  const longest = addDays(today, 1 - historyDays)
  const from = watermark === null ? longest : addDays(watermark, -overlapDays)
  if (from < longest) return { from: longest, to: today }
  return { from, to: today }
}
