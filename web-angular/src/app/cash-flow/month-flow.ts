import type { CashFlowRow, Money, SpendingRow } from '../api/types.ts'
import { isNegative, isZero, magnitude, minus, sums, toNumber } from '../ui/amount.ts'

/** One stream of a month's money; `category` where it is spending that opens into its rows. */
export type Stream = {
  name: 'income' | 'income_net' | 'before' | 'back' | 'left' | 'others' | 'category'
  category?: string
  amount: Money
}

/** Both sides add up to `total`, exactly. */
export type MonthFlow = { total: Money; from: Stream[]; to: Stream[] }

const most = 9

/**
 * A month's money on its way: what came in on one side, spending by category and what was left over on the other. Spending is
 * net of refunds, so what came in is told without them; a month that spent more than it got took the rest from before.
 */
export function monthFlow(row: CashFlowRow, spending: readonly SpendingRow[]): MonthFlow | undefined {
  const { currency } = row
  const mine = spending.filter((one) => one.currency === currency && !isZero(one.amount))
  const spent = mine.filter((one) => !isNegative(one.amount)).sort((a, b) => toNumber(b.amount) - toNumber(a.amount))
  const back = sums(mine.filter((one) => isNegative(one.amount)).map((one) => magnitude(one.amount)))[0]
  const all = sums(mine.map((one) => one.amount))[0] ?? { amount: '0.00', currency }
  const income = sums([row.net, all])[0] ?? { amount: '0.00', currency }
  const withRefunds = !isZero(minus(magnitude(row.in), income))

  const to: Stream[] = spent.slice(0, most).map((one) => ({
    name: 'category',
    category: one.category ?? 'uncategorised',
    amount: one.amount,
  }))
  const rest = sums(spent.slice(most).map((one) => one.amount))[0]
  if (rest) to.push({ name: 'others', amount: rest })
  if (!isNegative(row.net) && !isZero(row.net)) to.push({ name: 'left', amount: row.net })

  const from: Stream[] = []
  if (!isNegative(income) && !isZero(income)) from.push({ name: withRefunds ? 'income_net' : 'income', amount: income })
  if (back) from.push({ name: 'back', amount: back })
  if (isNegative(row.net)) from.push({ name: 'before', amount: magnitude(row.net) })
  // More went back than came in: only a correction of an earlier month does that.
  if (isNegative(income)) to.push({ name: 'others', amount: magnitude(income) })

  const total = sums(to.map((stream) => stream.amount))[0]
  return total && { total, from, to }
}
