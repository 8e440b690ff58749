import { addMonths, daysBetween, dayText, lastDay, rangeText, sameDay } from './days.ts'

describe('a day', () => {
  it('is named when it is near', () => {
    expect(dayText('2026-11-20', '2026-11-20', 'en-GB')).toBe('Today')
    expect(dayText('2026-11-19', '2026-11-20', 'en-GB')).toBe('Yesterday')
    expect(dayText('2026-11-12', '2026-11-20', 'en-GB')).toBe('Thu 12 Nov')
  })

  it('carries its year when that is another one', () => {
    expect(dayText('2025-11-20', '2026-11-20', 'en-GB')).toBe('20 Nov 2025')
  })

  it('is counted over a change of clocks', () => {
    expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2)
    expect(daysBetween('2026-10-24', '2026-10-26')).toBe(2)
  })
})

describe('a month', () => {
  it('ends on its own last day', () => {
    expect(lastDay('2024-02')).toBe('2024-02-29')
    expect(lastDay('2026-12')).toBe('2026-12-31')
  })

  it('goes over the year', () => {
    expect(addMonths('2026-01', -1)).toBe('2025-12')
    expect(addMonths('2026-11', 2)).toBe('2027-01')
  })

  it('has no 31st where it is shorter', () => {
    expect(sameDay('2026-03-31', '2026-02')).toBe('2026-02-28')
    expect(sameDay('2026-11-20', '2026-10')).toBe('2026-10-20')
  })
})

describe('a range of days', () => {
  it('is written as the locale writes it', () => {
    expect(rangeText('2026-10-01', '2026-10-22', 'long', '2026-11-22', 'en-GB')).toMatch(/^1\s?–\s?22 October$/)
    expect(rangeText('2025-10-01', '2026-01-02', 'short', '2026-11-22', 'en-GB')).toMatch(/2025.*2026/)
  })
})
