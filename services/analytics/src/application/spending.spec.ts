import { DomainError } from '@pf/contracts'
import { account, balance, said } from '../testing/lake.ts'
import { openSpaces, type Spaces } from '../testing/space.ts'
import { dailyBalances, listAccounts } from './accounts.ts'
import { cashFlow, spending } from './spending.ts'

describe('answers about money', () => {
  let spaces: Spaces
  const space = 'household'
  const gbp = (amount: string) => ({ amount, currency: 'GBP' })
  const maxRows = 100

  beforeAll(async () => {
    spaces = await openSpaces()
    await spaces.sync(
      space,
      account('current'),
      account('savings', { kind: 'savings', iban_masked: null }),
      said({ id: 1, date: '2026-04-30', minor: -3000, text: 'TESCO', counterparty: 'Tesco' }),
      said({ id: 2, date: '2026-05-03', minor: -2000, text: 'TESCO', counterparty: 'Tesco' }),
      said({ id: 3, date: '2026-05-04', minor: 500, text: 'TESCO REFUND', counterparty: 'Tesco' }),
      said({ id: 4, date: '2026-05-10', minor: -1000, text: 'GREGGS' }),
      said({ id: 5, date: '2026-05-25', minor: 250000, text: 'SALARY' }),
      said({ id: 6, date: '2026-05-26', minor: -7000, text: 'TO SAVINGS' }),
      said({ id: 7, date: '2026-05-27', minor: 7000, text: 'FROM CURRENT', account: 'savings' }),
      said({ id: 8, date: '2026-05-28', minor: -777, text: 'TESCO', status: 'pending' }),
      balance('current', 123456, '2026-05-28T09:00:00Z'),
      balance('current', 120000, '2026-05-28T09:00:00Z', { balance_type: 'interimAvailable' }),
    )
  })
  afterAll(() => spaces.remove())

  const spent = async (query: Parameters<typeof spending>[2], limit = maxRows) =>
    (await spending(spaces.registry, space, query, limit)).items
  const flow = async (query: Parameters<typeof cashFlow>[2]) =>
    (await cashFlow(spaces.registry, space, query, maxRows)).items

  describe('spending', () => {
    it('is by month and category unless asked otherwise', async () => {
      expect(await spent({})).toEqual([
        { period: '2026-04', category: 'groceries', currency: 'GBP', amount: gbp('30.00'), count: 1 },
        { period: '2026-05', category: 'groceries', currency: 'GBP', amount: gbp('15.00'), count: 2 },
        { period: '2026-05', category: 'eating_out', currency: 'GBP', amount: gbp('10.00'), count: 1 },
      ])
    })
    it('is by merchant', async () => {
      expect(await spent({ group_by: 'merchant' })).toEqual([
        { merchant: 'Tesco', currency: 'GBP', amount: gbp('45.00'), count: 3 },
        { merchant: 'Greggs', currency: 'GBP', amount: gbp('10.00'), count: 1 },
      ])
    })
    it('is by week, named by its Monday, and by day', async () => {
      expect((await spent({ group_by: 'week' })).map(({ period, amount }) => [period, amount.amount])).toEqual([
        ['2026-04-27', '50.00'],
        ['2026-05-04', '5.00'],
      ])
      expect(await spent({ group_by: 'day,account', date_from: '2026-05-04', date_to: '2026-05-04' })).toEqual([
        { period: '2026-05-04', account_id: 'current', currency: 'GBP', amount: gbp('-5.00'), count: 1 },
      ])
    })
    it('says the same from rows as from the monthly mart', async () => {
      const may = { date_from: '2026-05-01', date_to: '2026-05-31' }
      const fromMart = await spent({ group_by: 'month,category', ...may })
      const fromRows = await spent({ group_by: 'month,category', date_from: '2026-05-01', date_to: '2026-05-30' })
      expect(fromMart).toHaveLength(2)
      expect(fromRows).toEqual(fromMart)
    })
    it('is of one account or currency where asked', async () => {
      expect(await spent({ account_id: 'savings' })).toEqual([])
      expect(await spent({ currency: 'EUR' })).toEqual([])
    })
    it.each([
      [{ group_by: 'day,month' }, 'invalid_input'],
      [{ date_from: '2026-02-30' }, 'invalid_input'],
      [{ account_id: 'stranger' }, 'account_not_found'],
    ])('refuses %j as %s', async (query, code) => {
      await expect(spent(query)).rejects.toThrow(expect.objectContaining({ code }) as DomainError)
    })
    it('has a bound', async () => {
      await expect(spent({ group_by: 'day' }, 2)).rejects.toThrow('payload_too_large')
    })
  })

  describe('cash flow', () => {
    it('leaves own transfers and pending rows out', async () => {
      expect(await flow({})).toEqual([
        { period: '2026-04', currency: 'GBP', in: gbp('0.00'), out: gbp('-30.00'), net: gbp('-30.00') },
        { period: '2026-05', currency: 'GBP', in: gbp('2505.00'), out: gbp('-30.00'), net: gbp('2475.00') },
      ])
    })
    it('is by week and day too', async () => {
      expect(
        (await flow({ interval: 'week', date_from: '2026-05-25' })).map(({ period, net }) => [period, net]),
      ).toEqual([['2026-05-25', gbp('2500.00')]])
      expect(await flow({ interval: 'day', date_to: '2026-05-03' })).toHaveLength(2)
    })
  })

  it('lists accounts with their balances', async () => {
    const { items } = await listAccounts(spaces.registry, space)
    expect(items).toEqual([
      {
        id: 'current',
        name: 'current account',
        kind: 'current',
        currency: 'GBP',
        iban_masked: '1234',
        balances: { booked: gbp('1234.56'), available: gbp('1200.00'), as_of: '2026-05-28T09:00:00.000Z' },
        proof: { status: 'unverified', verified_to: null, reason: 'one_balance' },
        first_date: '2026-04-30',
        last_date: '2026-05-28',
      },
      {
        id: 'savings',
        name: 'savings account',
        kind: 'savings',
        currency: 'GBP',
        iban_masked: null,
        balances: { booked: null, available: null, as_of: null },
        proof: { status: 'unverified', verified_to: null, reason: 'no_balance' },
        first_date: '2026-05-27',
        last_date: '2026-05-27',
      },
    ])
    expect((await listAccounts(spaces.registry, 'nobody')).items).toEqual([])
  })

  it('gives the booked balance by day', async () => {
    const daily = (accountId: string, days: { from?: string; to?: string } = {}) =>
      dailyBalances(spaces.registry, space, { accountId, ...days })
    expect((await daily('current', { from: '2026-05-25', to: '2026-05-28' })).items).toEqual([
      { date: '2026-05-25', booked: gbp('1304.56'), source: 'derived' },
      { date: '2026-05-26', booked: gbp('1234.56'), source: 'derived' },
      { date: '2026-05-27', booked: gbp('1234.56'), source: 'derived' },
      { date: '2026-05-28', booked: gbp('1234.56'), source: 'bank' },
    ])
    expect((await daily('savings')).items).toEqual([])
    await expect(daily('stranger')).rejects.toThrow('account_not_found')
  })
})
