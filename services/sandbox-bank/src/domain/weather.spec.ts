import { troubleOf } from './weather.ts'

const at = (nth: number, today = 20_000) => ({ today, account: 'card', scope: 'transactions', nth })
const days = Array.from({ length: 400 }, (_, n) => 20_000 + n)

describe('the weather', () => {
  it('is the same for the same seed', () => {
    for (const today of days) {
      expect(troubleOf({ seed: 'a', rate: 0.5 }, at(0, today))).toEqual(
        troubleOf({ seed: 'a', rate: 0.5 }, at(0, today)),
      )
    }
  })

  it('strikes about as often as asked, and never at rate 0', () => {
    const struck = days.filter((today) => troubleOf({ seed: 'a', rate: 0.3 }, at(0, today)) !== null)
    expect(struck.length / days.length).toBeCloseTo(0.3, 1)
    expect(days.every((today) => troubleOf({ seed: 'a', rate: 0 }, at(0, today)) === null)).toBe(true)
  })

  it('lets a call of the day through', () => {
    expect(days.every((today) => troubleOf({ seed: 'a', rate: 1 }, at(2, today)) === null)).toBe(true)
  })

  it('has every kind of trouble', () => {
    const kinds = days.map((today) => troubleOf({ seed: 'a', rate: 1 }, at(0, today)))
    expect([...new Set(kinds.map((trouble) => trouble?.kind))].sort()).toEqual([
      'account_processing',
      'bank_error',
      'bank_rate_limited',
      'bank_unavailable',
      'bank_unreachable',
      'html_502',
      'reset',
      'slow',
      'truncated',
    ])
  })
})
