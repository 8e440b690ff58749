import { account } from '../../testing/shapes.ts'
import type { DailyBalance } from '../api/types.ts'
import { monthEnds, stacked } from './worth.ts'

const day = (date: string, amount: string): DailyBalance => ({
  date,
  booked: { amount, currency: 'GBP' },
  source: 'derived',
})

describe('an account at each month’s end', () => {
  const months = ['2026-08', '2026-09', '2026-10', '2026-11']

  it('has its last balance of the month', () => {
    const days = [day('2026-09-01', '10.00'), day('2026-09-30', '20.00'), day('2026-11-02', '5.00')]
    expect(monthEnds(days, months)).toEqual([undefined, 20, 20, 5])
  })

  it('goes on from before the first month', () => {
    expect(monthEnds([day('2026-03-01', '7.00')], months)).toEqual([7, 7, 7, 7])
  })
})

it('what one has stands on the line, what one owes hangs from it', () => {
  const layers = [
    { account: account({ id: 'current' }), values: [100] },
    { account: account({ id: 'card' }), values: [-30] },
    { account: account({ id: 'savings' }), values: [50] },
    { account: account({ id: 'unborn' }), values: [undefined] },
  ]
  expect(stacked(layers, 0).map(({ account: { id }, from, to }) => [id, from, to])).toEqual([
    ['current', 0, 100],
    ['card', 0, -30],
    ['savings', 100, 150],
  ])
})
