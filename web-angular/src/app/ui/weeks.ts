import { addDays, daysBetween, firstDay, lastDay } from './days.ts'

/** Weeks from Monday on that a month touches; days of other months are undefined. */
export function weeksOf(month: string): (string | undefined)[][] {
  const first = firstDay(month)
  const weekday = (new Date(`${first}T00:00:00Z`).getUTCDay() + 6) % 7
  const length = daysBetween(first, lastDay(month)) + 1
  return Array.from({ length: Math.ceil((weekday + length) / 7) }, (_, week) =>
    Array.from({ length: 7 }, (_, place) => {
      const day = week * 7 + place - weekday
      return day < 0 || day >= length ? undefined : addDays(first, day)
    }),
  )
}

/** Names of the days of a week from Monday on; 2024 began on one. */
export function weekdayNames(width: 'short' | 'narrow'): string[] {
  const format = new Intl.DateTimeFormat(undefined, { weekday: width, timeZone: 'UTC' })
  return Array.from({ length: 7 }, (_, index) => format.format(new Date(Date.UTC(2024, 0, index + 1))))
}
