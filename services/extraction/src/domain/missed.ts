import type { Window } from '@pf/contracts'
import { addDays } from './days.ts'

/** What is left of days without those of `covered`, in their order. Both ends of all are inclusive. */
export function without<Days extends Window>(days: readonly Days[], covered: readonly Window[]): Days[] {
  return covered.reduce<readonly Days[]>(
    (left, { from, to }) => left.flatMap((one) => outside(one, from, to)),
    days,
  ) as Days[]
}

function outside<Days extends Window>(days: Days, from: string, to: string): Days[] {
  if (to < days.from || from > days.to) return [days]
  return [
    ...(days.from < from ? [{ ...days, to: addDays(from, -1) }] : []),
    ...(days.to > to ? [{ ...days, from: addDays(to, 1) }] : []),
  ]
}

/**
 * The days between the last one that is stored and a window that begins after it; undefined where none lies between. The last
 * stored day counts as missed: it was told of before it was over.
 */
export function daysBefore(window: Window, lastStored: string | undefined): Window | undefined {
  return lastStored === undefined || lastStored >= window.from
    ? undefined
    : { from: lastStored, to: addDays(window.from, -1) }
}
