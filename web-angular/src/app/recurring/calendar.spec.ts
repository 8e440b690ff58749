import type { Recurring } from '../api/types.ts'
import { daysOf, expectedIn, expectedSums } from './calendar.ts'

const gbp = (amount: string) => ({ amount, currency: 'GBP' })
const series = (some: Partial<Recurring> = {}): Recurring => ({
  id: 'r1',
  account_id: 'a1',
  counterparty: 'Westhaven Water',
  interval: 'monthly',
  amount: gbp('-40.13'),
  amount_from: gbp('-40.13'),
  amount_to: gbp('-38.20'),
  variance: 0.01,
  count: 24,
  first_date: '2024-12-12',
  last_date: '2026-11-12',
  next_date: '2026-12-12',
  status: 'active',
  price_changes: [],
  ...some,
})

describe('the days of a series', () => {
  it.each([
    ['weekly', '2026-12-03', ['2027-01-07', '2027-01-14', '2027-01-21', '2027-01-28']],
    ['four_weekly', '2026-12-10', ['2027-01-07']],
    ['monthly', '2026-12-12', ['2027-01-12']],
    ['quarterly', '2026-12-12', []],
    ['yearly', '2026-01-09', ['2027-01-09']],
  ] as const)('%s from %s', (interval, next_date, days) => {
    expect(daysOf(series({ interval, next_date }), '2027-01')).toEqual(days)
  })

  it('stay at the month’s end', () => {
    const atTheEnd = series({ next_date: '2027-01-31' })
    expect(daysOf(atTheEnd, '2027-02')).toEqual(['2027-02-28'])
    expect(daysOf(atTheEnd, '2027-03')).toEqual(['2027-03-31'])
  })

  it('are none once it has ended', () => {
    expect(daysOf(series({ status: 'ended' }), '2026-12')).toEqual([])
  })
})

describe('a month', () => {
  it('marks a price that has changed lately', () => {
    const dearer = { from: gbp('-39.15'), to: gbp('-40.13') }
    const expected = expectedIn('2026-12', [
      series({ id: 'old', price_changes: [{ date: '2025-11-12', ...dearer }] }),
      series({ id: 'new', price_changes: [{ date: '2026-11-12', ...dearer }] }),
    ])
    expect(expected.map(({ series: { id }, changed }) => [id, changed])).toEqual([
      ['old', false],
      ['new', true],
    ])
  })

  it('sums what comes in and what goes out apart, and currencies apart', () => {
    const expected = expectedIn('2026-12', [
      series(),
      series({ amount: gbp('2914.60') }),
      series({ amount: { amount: '-5.00', currency: 'EUR' } }),
    ])
    expect(expectedSums(expected)).toEqual({
      in: [gbp('2914.60')],
      out: [gbp('-40.13'), { amount: '-5.00', currency: 'EUR' }],
    })
  })
})
