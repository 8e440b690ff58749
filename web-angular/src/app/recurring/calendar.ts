import type { Money, Recurring } from '../api/types.ts'
import { isNegative, sums } from '../ui/amount.ts'
import { addDays, addMonths, daysBetween, firstDay, lastDay, monthOf, sameDay } from '../ui/days.ts'

/** A payment that is expected on a day, by how it came so far. */
export type Expected = { day: string; series: Recurring; changed: boolean }

/** How long after a change of price its next payments are marked. */
const changedDays = 45

const stepMonths: Partial<Record<Recurring['interval'], number>> = {
  monthly: 1,
  quarterly: 3,
  half_yearly: 6,
  yearly: 12,
}
const stepDays: Partial<Record<Recurring['interval'], number>> = { weekly: 7, fortnightly: 14, four_weekly: 28 }

/** The days of one series within a month: from its next one on, at its interval. A series that ended has none. */
export function daysOf(series: Recurring, month: string): string[] {
  if (series.status === 'ended') return []
  const days: string[] = []
  const end = lastDay(month)
  for (let index = 0; ; index++) {
    const day = dayAfter(series, index)
    if (day > end) return days
    if (day >= firstDay(month)) days.push(day)
  }
}

/** A series at the month's end stays there: each day is counted from the first next one, not from the one before. */
function dayAfter({ next_date, interval }: Recurring, steps: number): string {
  const months = stepMonths[interval]
  if (months !== undefined) return sameDay(next_date, addMonths(monthOf(next_date), months * steps))
  return addDays(next_date, (stepDays[interval] ?? 28) * steps)
}

/** What a month expects, by day. */
export function expectedIn(month: string, all: readonly Recurring[]): Expected[] {
  return all
    .flatMap((series) =>
      daysOf(series, month).map((day) => {
        const last = series.price_changes.at(-1)
        return { day, series, changed: last !== undefined && daysBetween(last.date, day) <= changedDays }
      }),
    )
    .sort((a, b) => a.day.localeCompare(b.day) || a.series.counterparty.localeCompare(b.series.counterparty))
}

/** Sums of what is expected, a currency each: in and out are never set off. */
export function expectedSums(expected: readonly Expected[]): { in: Money[]; out: Money[] } {
  const amounts = expected.map(({ series }) => series.amount)
  return { in: sums(amounts.filter((one) => !isNegative(one))), out: sums(amounts.filter((one) => isNegative(one))) }
}
