import {
  addMonths,
  dayAndMonth,
  daysBetween,
  firstDay,
  lastDay,
  monthAndYear,
  monthName,
  monthOf,
  rangeText,
  sameDay,
} from '../ui/days.ts'

export const ranges = ['month', 'last_month', 'quarter', 'year', 'twelve'] as const
export type Range = (typeof ranges)[number]
/** What it stands beside: the period just before, or the same one a year ago. */
export const againsts = ['before', 'year'] as const
export type Against = (typeof againsts)[number]

/** First and last day that count; `end` is the last there will be, later than `to` while the period is not over. */
export type Span = { from: string; to: string; end: string }
export type Period = Span & { range: Range; beside: Span }

/** Of the URL; what is not known is the default. */
export const rangeOf = (word: string | undefined): Range => ranges.find((one) => one === word) ?? 'month'
export const againstOf = (word: string | undefined): Against => againsts.find((one) => one === word) ?? 'before'

const lengths: Record<Range, number> = { month: 1, last_month: 1, quarter: 3, year: 12, twelve: 12 }

/**
 * The period that is asked for, and the one it stands beside: whole months moved back, up to the same day where it is not
 * over and whole where it is (31 October beside 30 September is a whole month beside a whole one).
 */
export function periodOf(range: Range, against: Against, day: string): Period {
  const now = spanOf(range, day)
  const back = against === 'year' ? 12 : lengths[range]
  const monthBack = (of: string) => addMonths(monthOf(of), -back)
  const end = lastDay(monthBack(now.end))
  const to = now.to === now.end && now.end < day ? end : sameDay(now.to, monthBack(now.to))
  return { ...now, range, beside: { from: firstDay(monthBack(now.from)), to, end } }
}

function spanOf(range: Range, day: string): Span {
  const month = monthOf(day)
  if (range === 'last_month') {
    const before = addMonths(month, -1)
    return { from: firstDay(before), to: lastDay(before), end: lastDay(before) }
  }
  const first = { month, quarter: addMonths(month, -2), year: `${month.slice(0, 4)}-01`, twelve: addMonths(month, -11) }
  // A year is whole in December; the others end with the month that is under way.
  const last = range === 'year' ? `${month.slice(0, 4)}-12` : month
  return { from: firstDay(first[range]), to: day, end: lastDay(last) }
}

export const daysIn = ({ from, to }: { from: string; to: string }): number => daysBetween(from, to) + 1

/** "November", "November 2025", "2026", "1 September – 28 November": what a card calls the period. */
export function periodName(period: Span, today: string): string {
  const year = period.from.slice(0, 4)
  if (period.from === `${year}-01-01` && period.end === `${year}-12-31`) return year
  if (monthOf(period.from) !== monthOf(period.end)) return rangeText(period.from, period.to, 'long', today)
  return period.from.slice(0, 4) === today.slice(0, 4)
    ? monthName(monthOf(period.from))
    : monthAndYear(monthOf(period.from))
}

/** "20 October", with the year where it is another one: the day up to which it stood beside. */
export const untilText = ({ to }: Span, today: string): string =>
  to.slice(0, 4) === today.slice(0, 4) ? dayAndMonth(to) : `${dayAndMonth(to)} ${to.slice(0, 4)}`
