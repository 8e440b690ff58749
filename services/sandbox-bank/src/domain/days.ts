/** A calendar day as the count of days since 1970-01-01. */
export type Day = number

export const DAY_MS = 86_400_000

/** Days since 1970-01-01 of a Gregorian date (Howard Hinnant, "chrono-compatible low-level date algorithms"). */
export function dayOfCivil(year: number, month: number, date: number): Day {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + date - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/** The Gregorian date of a day; `month` and `date` count from 1. */
export function civilOf(day: Day): { year: number; month: number; date: number } {
  const z = day + 719_468
  const era = Math.floor(z / 146_097)
  const doe = z - era * 146_097
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365)
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  return {
    year: yoe + era * 400 + (month <= 2 ? 1 : 0),
    month,
    date: doy - Math.floor((153 * mp + 2) / 5) + 1,
  }
}

const texts = new Map<Day, string>()
const MOST_TEXTS = 20_000

/** `YYYY-MM-DD`; the texts of a lifetime are kept, as years of rows name few days. */
export function textOfDay(day: Day): string {
  const known = texts.get(day)
  if (known !== undefined) return known
  const { year, month, date } = civilOf(day)
  const text = `${String(year).padStart(4, '0')}-${pad2(month)}-${pad2(date)}`
  if (texts.size < MOST_TEXTS) texts.set(day, text)
  return text
}

/** The day of `YYYY-MM-DD`; null where the text is not a real calendar day. */
export function dayOfText(text: string): Day | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!match) return null
  const day = dayOfCivil(Number(match[1]), Number(match[2]), Number(match[3]))
  return textOfDay(day) === text ? day : null
}

/** 0 is Sunday. */
export function weekdayOf(day: Day): number {
  return (((day + 4) % 7) + 7) % 7
}

export function nextBusinessDay(day: Day): Day {
  const weekday = weekdayOf(day)
  return weekday === 6 ? day + 2 : weekday === 0 ? day + 1 : day
}

export function previousBusinessDay(day: Day): Day {
  const weekday = weekdayOf(day)
  return weekday === 6 ? day - 1 : weekday === 0 ? day - 2 : day
}

/** The first day of the month that lies `months` after the month of `day`. */
export function firstOfMonth(day: Day, months = 0): Day {
  const { year, month } = civilOf(day)
  const index = year * 12 + (month - 1) + months
  return dayOfCivil(Math.floor(index / 12), (index % 12) + 1, 1)
}

/** The calendar day in London at an instant (ms): clocks go on and back at 01:00 UTC, last Sunday of March and October. */
export function londonDay(instantMs: number): Day {
  const utcDay = Math.floor(instantMs / DAY_MS)
  const { year } = civilOf(utcDay)
  const on = lastSunday(year, 3) * DAY_MS + 3_600_000
  const back = lastSunday(year, 10) * DAY_MS + 3_600_000
  const summer = instantMs >= on && instantMs < back
  return Math.floor((instantMs + (summer ? 3_600_000 : 0)) / DAY_MS)
}

function lastSunday(year: number, month: number): Day {
  const last = dayOfCivil(year, month, 31)
  return last - weekdayOf(last)
}

function pad2(n: number): string {
  return n < 10 ? `0${n}` : String(n)
}
