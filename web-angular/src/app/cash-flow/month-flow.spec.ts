import type { CashFlowRow, SpendingRow } from '../api/types.ts'
import { sums } from '../ui/amount.ts'
import { monthFlow } from './month-flow.ts'

const gbp = (amount: string) => ({ amount, currency: 'GBP' })
const flow = (moneyIn: string, out: string, net: string): CashFlowRow => ({
  period: '2026-10-01',
  currency: 'GBP',
  in: gbp(moneyIn),
  out: gbp(out),
  net: gbp(net),
})
const spent = (category: string, amount: string): SpendingRow => ({
  category,
  currency: 'GBP',
  amount: gbp(amount),
  count: 1,
})
const told = (streams: readonly { name: string; category?: string; amount: { amount: string } }[]) =>
  streams.map(({ name, category, amount }) => `${category ?? name} ${amount.amount}`)

describe('the money of a month on its way', () => {
  it('comes in on one side, and is spent or left over on the other', () => {
    const month = monthFlow(flow('100.00', '-70.00', '30.00'), [spent('groceries', '20.00'), spent('housing', '50.00')])
    expect(told(month?.from ?? [])).toEqual(['income 100.00'])
    expect(told(month?.to ?? [])).toEqual(['housing 50.00', 'groceries 20.00', 'left 30.00'])
  })

  it('was there before where more was spent than came in', () => {
    const month = monthFlow(flow('40.00', '-70.00', '-30.00'), [spent('housing', '70.00')])
    expect(told(month?.from ?? [])).toEqual(['income 40.00', 'before 30.00'])
  })

  it('is told without refunds, which are taken off spending already', () => {
    const month = monthFlow(flow('110.00', '-70.00', '40.00'), [spent('clothing', '60.00')])
    expect(told(month?.from ?? [])).toEqual(['income_net 100.00'])
  })

  it.each([
    [flow('100.00', '-70.00', '30.00'), [spent('a', '20.00'), spent('b', '50.00')]],
    [flow('40.00', '-70.00', '-30.00'), [spent('b', '75.00'), spent('c', '-5.00')]],
    [flow('0.00', '-70.00', '-70.00'), [spent('b', '70.00')]],
    [flow('5.00', '0.00', '5.00'), [spent('b', '-25.00')]],
    [flow('900.00', '-200.00', '700.00'), Array.from({ length: 14 }, (_, index) => spent(`c${index}`, '10.00'))],
  ])('is the same on both sides, to the penny (%#)', (row, spending) => {
    const month = monthFlow(row, spending)
    expect(sums(month?.from.map(({ amount }) => amount) ?? [])).toEqual(
      sums(month?.to.map(({ amount }) => amount) ?? []),
    )
  })

  it('is nothing where no money moved', () => {
    expect(monthFlow(flow('0.00', '0.00', '0.00'), [])).toBeUndefined()
  })
})
