import { civilOf, DAY_MS, dayOfCivil, dayOfText, firstOfMonth, londonDay, textOfDay, weekdayOf } from './days.ts'

describe('a calendar day', () => {
  it('agrees with the platform over two centuries', () => {
    for (let day = dayOfCivil(1950, 1, 1); day < dayOfCivil(2150, 1, 1); day += 11) {
      const platform = new Date(day * DAY_MS)
      expect(textOfDay(day)).toBe(platform.toISOString().slice(0, 10))
      expect(weekdayOf(day)).toBe(platform.getUTCDay())
      expect(dayOfText(textOfDay(day))).toBe(day)
    }
  })

  it('refuses days that are in no calendar', () => {
    for (const text of ['2026-02-29', '2026-13-01', '2026-1-1', '2026-00-10', 'today', ''])
      expect(dayOfText(text)).toBeNull()
  })

  it('finds the month before and after', () => {
    const day = dayOfCivil(2026, 1, 31)
    expect(civilOf(firstOfMonth(day, -1))).toEqual({ year: 2025, month: 12, date: 1 })
    expect(civilOf(firstOfMonth(day, 13))).toEqual({ year: 2027, month: 2, date: 1 })
  })
})

describe('the day in London', () => {
  it('is that of the time zone database, at any hour of a year', () => {
    const london = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' })
    const start = Date.UTC(2026, 0, 1)
    for (let hour = 0; hour < 366 * 24; hour++) {
      const instant = start + hour * 3_600_000
      expect(textOfDay(londonDay(instant))).toBe(london.format(instant))
    }
  })
})
