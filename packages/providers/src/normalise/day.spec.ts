import { momentReader } from './day.ts'

const london = momentReader('Europe/London')

describe('a date of a bank', () => {
  it.each([
    ['2025-07-01', '2025-07-01'],
    ['2025-07-01T00:00:00Z', '2025-07-01'],
    ['2025-07-01 00:00:00+00:00', '2025-07-01'],
    ['2025-06-30T23:00:00Z', '2025-07-01'],
    ['2025-06-30T22:59:59.999Z', '2025-06-30'],
    ['2025-07-01T00:00:00+01:00', '2025-07-01'],
    ['2025-07-01T00:30:00+0200', '2025-06-30'],
    ['2025-07-01T23:59:00', '2025-07-01'],
    ['2025-03-30T00:59:59Z', '2025-03-30'],
  ])('%s is %s in London', (text, day) => {
    expect(london(text)?.day).toBe(day)
  })

  it.each(['2025-02-30', '2025-13-01', '01.02.2025', '2025-07-01T25:00:00Z', '', 'soon', 20250701, null, undefined])(
    '%j is none',
    (text) => {
      expect(london(text)).toBeUndefined()
    },
  )

  it('has an instant only where it says more than a day', () => {
    expect(london('2025-07-01T09:00:00.250000+01:00')?.dateTime).toBe('2025-07-01T08:00:00.25Z')
    expect(london('2025-07-01T09:00:00')?.dateTime).toBe('2025-07-01T09:00:00')
    expect(london('2025-07-01')).toEqual({ day: '2025-07-01', sentinel: false })
    expect(london('2025-07-01T00:00:00Z')).toEqual({ day: '2025-07-01', sentinel: true })
  })
})
