import type { Rest } from '@pf/contracts'
import { account, balance, said, uuid } from '../testing/lake.ts'
import { openSpaces, type Spaces } from '../testing/space.ts'
import { netWorth } from './net-worth.ts'
import { recurring } from './recurring.ts'
import { cashFlow, spending } from './spending.ts'
import { listTransactions, transactionMonths } from './transactions.ts'

describe('what all of it is worth, and what comes back', () => {
  let spaces: Spaces
  const space = 'household'
  const maxRows = 100
  const money = (amount: string, currency = 'GBP') => ({ amount, currency })
  const gym = (id: number, date: string, minor: number) =>
    said({ id, date, minor, text: 'IRONWORKS GYM 0412', counterparty: 'Ironworks Gym' })

  beforeAll(async () => {
    spaces = await openSpaces({}, ['2026-04-30,EUR,GBP,0.8'])
    await spaces.sync(
      space,
      account('current'),
      account('card', { kind: 'card' }),
      account('euro', { currency: 'EUR' }),
      account('file'),
      gym(1, '2026-02-02', -3000),
      gym(2, '2026-03-02', -3000),
      gym(3, '2026-04-02', -3500),
      gym(4, '2026-05-02', -3500),
      said({ id: 5, date: '2026-05-02', minor: -500, text: 'TESCO' }),
      said({ id: 6, date: '2026-05-09', minor: -100, text: 'GYM SHOP', status: 'pending' }),
      said({ id: 7, account: 'card', date: '2026-04-20', minor: -2000, text: 'GREGGS' }),
      said({ id: 8, account: 'euro', currency: 'EUR', date: '2026-05-03', minor: -1000, text: 'GREGGS' }),
      said({ id: 9, account: 'euro', currency: 'EUR', date: '2026-06-20', minor: -1000, text: 'GREGGS' }),
      said({ id: 10, account: 'file', date: '2026-05-03', minor: -1, text: 'XQZ' }),
      balance('current', 10000, '2026-05-03T09:00:00Z'),
      balance('card', -2000, '2026-04-21T09:00:00Z'),
      balance('euro', 5000, '2026-05-03T09:00:00Z', { currency: 'EUR' }),
    )
  })
  afterAll(() => spaces.remove())

  describe('net worth', () => {
    const worth = (query: Rest.NetWorthQuery) => netWorth(spaces.registry, space, query, maxRows)

    it("is of each month's last day, by currency; an account keeps its last balance", async () => {
      const { items, accounts_without_balance } = await worth({ date_from: '2026-04-01', date_to: '2026-05-31' })
      expect(items).toEqual([
        {
          period: '2026-04',
          currency: 'GBP',
          assets: money('140.00'),
          liabilities: money('-20.00'),
          net: money('120.00'),
        },
        {
          period: '2026-05',
          currency: 'EUR',
          assets: money('50.00', 'EUR'),
          liabilities: money('0.00', 'EUR'),
          net: money('50.00', 'EUR'),
        },
        {
          period: '2026-05',
          currency: 'GBP',
          assets: money('100.00'),
          liabilities: money('-20.00'),
          net: money('80.00'),
        },
      ])
      expect(accounts_without_balance).toEqual(['file'])
    })
    it('is by day where asked', async () => {
      const { items } = await worth({
        interval: 'day',
        date_from: '2026-05-01',
        date_to: '2026-05-02',
        currency: 'GBP',
      })
      expect(items.map(({ period, net }) => [period, net.amount])).toEqual([
        ['2026-05-01', '120.00'],
        ['2026-05-02', '80.00'],
      ])
    })
    it('is in one currency where a dated rate leads there, and says where none does', async () => {
      const day = { interval: 'day', convert_to: 'GBP' } as const
      const near = await worth({ ...day, date_from: '2026-05-03', date_to: '2026-05-03' })
      expect(near.items).toMatchObject([{ currency: 'GBP', assets: money('140.00'), net: money('120.00') }])
      expect(near.unconverted).toEqual([])
      // The rate is of April: in June it says nothing any more.
      const far = await worth({ ...day, date_from: '2026-06-20', date_to: '2026-06-20' })
      expect(far.items.map(({ currency, net }) => [currency, net.amount])).toEqual([
        ['EUR', '40.00'],
        ['GBP', '80.00'],
      ])
      expect(far.unconverted).toEqual(['EUR'])
      const month = await worth({ convert_to: 'GBP', date_from: '2026-04-01', date_to: '2026-04-30' })
      expect(month.items.map(({ period, net }) => [period, net.amount])).toEqual([['2026-04', '120.00']])
    })
    it('has a bound, and is empty where nothing was stored', async () => {
      await expect(netWorth(spaces.registry, space, { interval: 'day' }, 2)).rejects.toThrow('payload_too_large')
      expect((await netWorth(spaces.registry, 'nobody', {}, maxRows)).items).toEqual([])
    })
  })

  it('spends and flows in one currency where a dated rate leads there', async () => {
    const spent = await spending(spaces.registry, space, { group_by: 'merchant', convert_to: 'GBP' }, maxRows)
    expect(spent.items.filter(({ merchant }) => merchant === 'Greggs')).toEqual([
      { merchant: 'Greggs', currency: 'EUR', amount: money('10.00', 'EUR'), count: 1 },
      { merchant: 'Greggs', currency: 'GBP', amount: money('28.00'), count: 2 },
    ])
    expect(spent.unconverted).toEqual(['EUR'])
    const flow = await cashFlow(spaces.registry, space, { convert_to: 'GBP', date_from: '2026-05-01' }, maxRows)
    expect(flow.items.map(({ period, net }) => [period, net])).toEqual([
      ['2026-05', money('-48.01')],
      ['2026-06', money('-10.00', 'EUR')],
    ])
  })

  describe('a series', () => {
    const series = (query: Rest.RecurringQuery = {}, spaceId = space) => recurring(spaces.registry, spaceId, query)

    it('says how often, how much, when next and what changed', async () => {
      const { items } = await series()
      expect(items).toEqual([
        {
          id: expect.any(String),
          account_id: 'current',
          counterparty: 'Ironworks Gym',
          interval: 'monthly',
          amount: money('-35.00'),
          amount_from: money('-35.00'),
          amount_to: money('-30.00'),
          variance: expect.any(Number),
          count: 4,
          first_date: '2026-02-02',
          last_date: '2026-05-02',
          next_date: '2026-06-02',
          status: 'active',
          price_changes: [{ date: '2026-04-02', from: money('-30.00'), to: money('-35.00') }],
        },
      ])
    })
    it('is of one account or status where asked', async () => {
      expect((await series({ account_id: 'card' })).items).toEqual([])
      expect((await series({ status: 'ended' })).items).toEqual([])
      await expect(series({ account_id: 'stranger' })).rejects.toThrow('account_not_found')
      expect((await series({}, 'nobody')).items).toEqual([])
    })
    it('is named by its rows', async () => {
      const [one] = (await series()).items
      const { items } = await listTransactions(spaces.registry, space, { account_id: 'current' })
      const named = items.filter(({ recurring_id }) => recurring_id === one?.id).map(({ id }) => id)
      expect(named).toEqual([4, 3, 2, 1].map(uuid))
      expect(items.filter(({ recurring_id }) => recurring_id !== undefined)).toHaveLength(4)
    })
  })

  describe('a running balance', () => {
    const running = async (filter: Rest.TransactionFilter) => {
      const { items } = await listTransactions(spaces.registry, space, filter)
      return items.map(({ id, running_balance }) => [Number(id.slice(-4)), running_balance?.amount])
    }
    it('follows the list, day by day and row by row; pending rows have none', async () => {
      expect(await running({ account_id: 'current' })).toEqual([
        [6, undefined],
        [5, '100.00'],
        [4, '105.00'],
        [3, '140.00'],
        [2, '175.00'],
        [1, '205.00'],
      ])
    })
    it("is the account's, whatever is filtered", async () => {
      expect(await running({ q: 'tesco' })).toEqual([[5, '100.00']])
      expect(await running({ date_from: '2026-03-02', date_to: '2026-03-02' })).toEqual([[2, '175.00']])
    })
    it('is not there where no balance was ever stated', async () => {
      expect(await running({ account_id: 'file' })).toEqual([[10, undefined]])
    })
  })

  it('counts rows by month with the filters of the list', async () => {
    const months = (filter: Rest.TransactionMonthsFilter) => transactionMonths(spaces.registry, space, filter)
    expect((await months({})).items).toEqual([
      { month: '2026-06', count: 1 },
      { month: '2026-05', count: 5 },
      { month: '2026-04', count: 2 },
      { month: '2026-03', count: 1 },
      { month: '2026-02', count: 1 },
    ])
    expect((await months({ account_id: 'current', status: 'booked', date_from: '2026-04-01' })).items).toEqual([
      { month: '2026-05', count: 2 },
      { month: '2026-04', count: 1 },
    ])
    await expect(months({ account_id: 'stranger' })).rejects.toThrow('account_not_found')
    expect((await transactionMonths(spaces.registry, 'nobody', {})).items).toEqual([])
  })
})
