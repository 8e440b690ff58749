import type { Window } from '@pf/contracts'
import { windowStart } from '@pf/providers/rules'
import { addDays, daysBetween } from './days.ts'

/** The days to ask a bank for, both inclusive, by the rule of `windowStart`; `watermark`: the last day that is stored. */
export function windowFor(today: string, historyDays: number, watermark: string | null): Window {
  const from = windowStart({ today, historyDays, ...(watermark === null ? {} : { lastSuccess: watermark }) })
  return { from, to: today }
}

/** Days that are asked for next where a bank refuses a longer window (gocardless.md §11). */
export const narrowerDays = [89, 60, 30] as const

/** A window that a bank may grant which refused this one: from the day that it named, else one step down; none is below. */
export function narrowed({ from, to }: Window, earliest: string | undefined): Window | undefined {
  if (earliest !== undefined && earliest > from && earliest <= to) return { from: earliest, to }
  const asked = daysBetween(from, to) + 1
  const days = narrowerDays.find((fewer) => fewer < asked)
  return days === undefined ? undefined : { from: addDays(to, 1 - days), to }
}
