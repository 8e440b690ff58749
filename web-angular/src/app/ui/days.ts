import { texts } from '../texts.ts'

const dayMs = 86_400_000
const asDate = (day: string) => new Date(`${day}T00:00:00Z`)
const pad = (value: number) => String(value).padStart(2, '0')

const formats = new Map<string, Intl.DateTimeFormat>()
/** Made once: a list says hundreds of days, and a format costs more than all that it is used for. */
function formatOf(options: Intl.DateTimeFormatOptions, locale?: string): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, options])
  const known = formats.get(key) ?? new Intl.DateTimeFormat(locale, options)
  formats.set(key, known)
  return known
}
const format = (date: Date, options: Intl.DateTimeFormatOptions, locale?: string) =>
  formatOf(options, locale).format(date)

/** The calendar day in this browser's zone. */
export function dayOf(instant: Date): string {
  return `${instant.getFullYear()}-${pad(instant.getMonth() + 1)}-${pad(instant.getDate())}`
}

/** The later of two days; an empty one is the earliest of all. */
export const later = (left: string, right: string): string => [left, right].sort()[1] ?? ''

export const today = (): string => dayOf(new Date())

export function addDays(day: string, days: number): string {
  return new Date(asDate(day).getTime() + days * dayMs).toISOString().slice(0, 10)
}

/** Whole days from one day to a later one; negative where it is earlier. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((asDate(to).getTime() - asDate(from).getTime()) / dayMs)

export const monthOf = (day: string): string => day.slice(0, 7)

/** A month as an address may hold it, such as `2026-11`. */
export const isMonth = (value: string): boolean => /^\d{4}-(0[1-9]|1[0-2])$/.test(value)

export function addMonths(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7)
}

export const firstDay = (month: string): string => `${month}-01`
export const lastDay = (month: string): string => addDays(firstDay(addMonths(month, 1)), -1)

/** The same day of another month, or that month's last where it is shorter. */
export function sameDay(day: string, month: string): string {
  const wanted = `${month}${day.slice(7)}`
  return wanted < lastDay(month) ? wanted : lastDay(month)
}

/** "Today", "Yesterday", "Thu 19 Nov"; with the year where it is another one. */
export function dayText(day: string, now: string = today(), locale?: string): string {
  if (day === now) return texts.days.today
  if (day === addDays(now, -1)) return texts.days.yesterday
  return plainDay(day, now, locale)
}

/** As `dayText`, without today and yesterday: for days in the middle of a sentence and in narrow columns. */
export function plainDay(day: string, now: string = today(), locale?: string): string {
  const sameYear = day.slice(0, 4) === now.slice(0, 4)
  const options: Intl.DateTimeFormatOptions = sameYear
    ? { weekday: 'short', day: 'numeric', month: 'short' }
    : { day: 'numeric', month: 'short', year: 'numeric' }
  return format(asDate(day), { ...options, timeZone: 'UTC' }, locale).replace(',', '')
}

export const longDay = (day: string, locale?: string): string =>
  format(asDate(day), { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }, locale)

/** Both ends count: "1–22 October", "28 Sept 2025 – 3 Oct 2026", as the locale writes it. */
export function rangeText(
  from: string,
  to: string,
  month: 'short' | 'long',
  now: string = today(),
  locale?: string,
): string {
  const sameYear = from.slice(0, 4) === now.slice(0, 4) && to.slice(0, 4) === now.slice(0, 4)
  const options: Intl.DateTimeFormatOptions = {
    day: 'numeric',
    month,
    timeZone: 'UTC',
    ...(sameYear ? {} : { year: 'numeric' }),
  }
  const format = formatOf(options, locale)
  return from > to
    ? `${format.format(asDate(from))} – ${format.format(asDate(to))}`
    : format.formatRange(asDate(from), asDate(to))
}

export const dayAndMonth = (day: string, locale?: string): string =>
  format(asDate(day), { day: 'numeric', month: 'long', timeZone: 'UTC' }, locale)

export const shortDay = (day: string, locale?: string): string =>
  format(asDate(day), { day: 'numeric', month: 'short', timeZone: 'UTC' }, locale)

export const monthName = (month: string, locale?: string): string =>
  format(asDate(firstDay(month)), { month: 'long', timeZone: 'UTC' }, locale)

export const monthAndYear = (month: string, locale?: string): string =>
  format(asDate(firstDay(month)), { month: 'long', year: 'numeric', timeZone: 'UTC' }, locale)

export const shortMonthAndYear = (month: string, locale?: string): string =>
  format(asDate(firstDay(month)), { month: 'short', year: 'numeric', timeZone: 'UTC' }, locale)

export const shortMonth = (month: string, locale?: string): string =>
  format(asDate(firstDay(month)), { month: 'short', timeZone: 'UTC' }, locale)

export const timeText = (instant: string, locale?: string): string =>
  format(new Date(instant), { hour: '2-digit', minute: '2-digit' }, locale)

/** "today, 07:12" or "Mon 16 Nov, 07:12", in this browser's zone. */
export function whenText(instant: string, now: Date = new Date(), locale?: string): string {
  const day = dayOf(new Date(instant))
  const days = daysBetween(dayOf(now), day)
  const named = { [-1]: texts.days.yesterday, 0: texts.days.today, 1: texts.days.tomorrow }[days]?.toLowerCase()
  return `${named ?? plainDay(day, dayOf(now), locale)}, ${timeText(instant, locale)}`
}
