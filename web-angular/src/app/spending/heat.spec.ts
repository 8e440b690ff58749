import type { SpendingRow } from '../api/types.ts'
import { averageOf, heatTable, shadeOf } from './heat.ts'

const gbp = (amount: string) => ({ amount, currency: 'GBP' })
const spent = (period: string, category: string, amount: string, some: Partial<SpendingRow> = {}): SpendingRow => ({
  period,
  category,
  currency: 'GBP',
  amount: gbp(amount),
  count: 1,
  ...some,
})
const about = {
  by: 'category' as const,
  months: ['2026-09', '2026-10', '2026-11'],
  currency: 'GBP',
  open: '2026-11',
  firstKnown: '2026-01',
}

describe('the table of spending', () => {
  it('has a row per category, the dearest first, and a cell per month', () => {
    const table = heatTable(
      [
        spent('2026-09-01', 'groceries', '40.00'),
        spent('2026-10-01', 'groceries', '50.10'),
        spent('2026-10-01', 'housing', '900.00'),
      ],
      about,
    )
    expect(table.rows.map((row) => row.key)).toEqual(['housing', 'groceries'])
    expect(table.rows[1]?.cells).toEqual([gbp('40.00'), gbp('50.10'), undefined])
    expect(table.all.cells).toEqual([gbp('40.00'), gbp('950.10'), undefined])
    expect(table.others).toBeUndefined()
  })

  it('averages the months that are over, from the first that is known', () => {
    const items = [spent('2026-10-01', 'groceries', '50.00'), spent('2026-11-01', 'groceries', '700.00')]
    expect(heatTable(items, about).rows[0]?.average).toEqual(gbp('25.00'))
    expect(heatTable(items, { ...about, firstKnown: '2026-10' }).rows[0]?.average).toEqual(gbp('50.00'))
  })

  it('never adds two currencies', () => {
    const items = [
      spent('2026-10-01', 'groceries', '50.00'),
      spent('2026-10-01', 'groceries', '70.00', { currency: 'EUR', amount: { amount: '70.00', currency: 'EUR' } }),
    ]
    expect(heatTable(items, about).all.total).toEqual(gbp('50.00'))
  })

  it('adds up the merchants there is no room for, and loses none', () => {
    const items = Array.from({ length: 30 }, (_, index) =>
      spent('2026-10-01', 'shopping', `${100 - index}.00`, { merchant: `Shop ${index}` }),
    )
    const table = heatTable(items, { ...about, by: 'merchant' })
    expect(table.rows).toHaveLength(20)
    expect(table.others?.total).toEqual(gbp('755.00'))
    expect(table.all.total).toEqual(gbp('2565.00'))
  })
})

it('an average is exact to the minor unit, half away from zero', () => {
  expect(averageOf(gbp('10.00'), 3)).toEqual(gbp('3.33'))
  expect(averageOf(gbp('0.01'), 2)).toEqual(gbp('0.01'))
  expect(averageOf(gbp('-0.01'), 2)).toEqual(gbp('-0.01'))
  expect(averageOf(gbp('5.00'), 0)).toEqual(gbp('0.00'))
})

describe('a shade', () => {
  it('is none for nothing and for more back than was spent', () => {
    expect(shadeOf(undefined, 600)).toBe(0)
    expect(shadeOf(gbp('-4.00'), 600)).toBe(0)
  })

  it('grows with the figure and is the darkest from the top on', () => {
    expect([1, 119, 121, 599, 600, 5000].map((value) => shadeOf(gbp(`${value}.00`), 600))).toEqual([1, 1, 2, 5, 6, 6])
  })
})
