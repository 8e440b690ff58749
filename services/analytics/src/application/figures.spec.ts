import type { Rest } from '@pf/contracts'
import { account, said } from '../testing/lake.ts'
import { openSpaces, type Spaces } from '../testing/space.ts'
import { cashFlow, spending } from './spending.ts'
import { listTransactions } from './transactions.ts'

const space = 'figures'
const lastDay = (month: string) =>
  new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).toISOString().slice(0, 10)
const within = (period: string | undefined): Rest.TransactionFilter =>
  period === undefined ? {} : { date_from: `${period}-01`, date_to: lastDay(period) }

/** Every figure on a page opens into its rows: a list with `figure` is just what the figure adds up. */
describe('a figure, explained by its rows', () => {
  let spaces: Spaces

  beforeAll(async () => {
    spaces = await openSpaces()
    await spaces.sync(
      space,
      account('current'),
      account('savings', { kind: 'savings' }),
      account('demo', { demo: true }),
      said({ id: 1, date: '2026-04-30', minor: -3000, text: 'TESCO' }),
      said({ id: 2, date: '2026-05-03', minor: -2000, text: 'TESCO' }),
      said({ id: 3, date: '2026-05-04', minor: 500, text: 'TESCO REFUND', counterparty: 'Tesco' }),
      said({ id: 4, date: '2026-05-10', minor: -1000, text: 'GREGGS' }),
      said({ id: 5, date: '2026-05-25', minor: 250000, text: 'SALARY' }),
      said({ id: 6, date: '2026-05-26', minor: -7000, text: 'TO SAVINGS' }),
      said({ id: 7, date: '2026-05-27', minor: 7000, text: 'FROM CURRENT', account: 'savings' }),
      said({ id: 8, date: '2026-05-28', minor: -777, text: 'TESCO', status: 'pending' }),
      said({ id: 9, date: '2026-05-28', minor: -4000, text: '4711 99', currency: 'EUR' }),
      said({ id: 10, date: '2026-05-28', minor: -4100, text: 'TESCO', account: 'demo' }),
    )
  })
  afterAll(() => spaces.remove())

  const list = (filter: Rest.TransactionFilter) => listTransactions(spaces.registry, space, { limit: 200, ...filter })
  /** The sums of a list, by currency, and how many rows it has. */
  async function rowsOf(filter: Rest.TransactionFilter) {
    const { items, totals } = await list(filter)
    const [sum, ...more] = totals?.by_currency ?? []
    expect(more).toEqual([])
    expect(items).toHaveLength(totals?.count ?? 0)
    return { sum, count: totals?.count ?? 0 }
  }

  it.each([
    'month,category',
    'month,merchant',
    'category',
    'merchant',
    'month,account',
    'month,category,merchant,account',
  ])('spending by %s: the rows of each line come to its amount', async (group_by) => {
    const { items } = await spending(spaces.registry, space, { group_by }, 100)
    expect(items.length).toBeGreaterThan(1)
    for (const { period, category, merchant, account_id, currency, amount, count } of items) {
      const rows = await rowsOf({
        figure: 'spending',
        currency,
        ...within(period),
        ...(category === undefined ? {} : { category }),
        ...(merchant === undefined ? {} : { merchant: merchant ?? '' }),
        ...(account_id === undefined ? {} : { account_id }),
      })
      // Spent is positive, a debit negative.
      expect({ net: -Number(rows.sum?.net.amount), count: rows.count }).toEqual({ net: Number(amount.amount), count })
    }
  })

  it('cash flow: the rows of each month come to what went in and out', async () => {
    const { items } = await cashFlow(spaces.registry, space, {}, 100)
    expect(items).toHaveLength(3)
    for (const { period, ...flow } of items) {
      const { sum } = await rowsOf({ figure: 'cash_flow', currency: flow.currency, ...within(period) })
      expect(sum).toEqual(flow)
    }
  })

  it('leaves out what is pending, moved between own accounts, or the demo’s', async () => {
    const { items } = await list({ figure: 'cash_flow' })
    expect(items.map(({ id }) => Number(id.slice(-6))).sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 9])
    expect((await list({ figure: 'cash_flow', account_id: 'demo' })).totals?.count).toBe(1)
  })
})
