import type { Account, DailyBalance, NetWorthRow } from '../api/types.ts'
import { toNumber } from '../ui/amount.ts'
import { monthOf } from '../ui/days.ts'

/** An account's balance at the end of each month; undefined before its first. For the picture only: numbers, not figures. */
export type Layer = { account: Account; values: readonly (number | undefined)[] }

/** The last balance of each month, carried on through months without one. `balances` are by day, oldest first. */
export function monthEnds(balances: readonly DailyBalance[], months: readonly string[]): (number | undefined)[] {
  const last = new Map(balances.map((one) => [monthOf(one.date), toNumber(one.booked)]))
  const first = months[0] ?? ''
  let now = balances
    .filter((one) => monthOf(one.date) < first)
    .map((one) => toNumber(one.booked))
    .at(-1)
  return months.map((month) => {
    now = last.get(month) ?? now
    return now
  })
}

export type Slab = { account: Account; from: number; to: number }

/** Balances above the line stacked upwards, those below it downwards, the same order in every month. */
export function stacked(layers: readonly Layer[], month: number): Slab[] {
  let up = 0
  let down = 0
  return layers.flatMap(({ account, values }) => {
    const value = values[month]
    if (value === undefined || value === 0) return []
    const from = value > 0 ? up : down
    if (value > 0) up += value
    else down += value
    return [{ account, from, to: from + value }]
  })
}

/** Of one currency, oldest first; at most one row a month. */
export const rowsOf = (items: readonly NetWorthRow[], currency: string): NetWorthRow[] =>
  items.filter((row) => row.currency === currency)
