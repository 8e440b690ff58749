import { DomainError, type Rest } from '@pf/contracts'
import { decodePosition } from '@pf/eventing'
import { account, said, uuid } from '../testing/lake.ts'
import { openSpaces, type Spaces } from '../testing/space.ts'
import { listTransactions } from './transactions.ts'

const day = (n: number) => `2026-05-${String(n).padStart(2, '0')}`

describe('the list of transactions', () => {
  let spaces: Spaces

  beforeAll(async () => {
    spaces = await openSpaces()
    await spaces.sync(
      'filters',
      account('current'),
      account('savings'),
      said({ id: 1, date: day(1), minor: -1234, text: 'TESCO STORES', counterparty: 'Tesco', valueDate: day(2) }),
      said({ id: 2, date: day(2), minor: 250000, text: 'SALARY ACME' }),
      said({ id: 3, date: day(3), minor: -5000, text: 'TO SAVINGS' }),
      said({ id: 4, date: day(3), minor: 5000, text: 'FROM CURRENT', account: 'savings' }),
      said({ id: 5, date: day(4), minor: -99, text: 'PRET', status: 'pending' }),
      said({ id: 6, date: day(5), minor: -500, text: '100% ROUND_UP', currency: 'JPY' }),
    )
  })
  afterAll(() => spaces.remove())

  const list = (filter: Rest.TransactionFilter, spaceId = 'filters') =>
    listTransactions(spaces.registry, spaceId, filter)
  const ids = async (filter: Rest.TransactionFilter) => (await list(filter)).items.map(({ id }) => Number(id.slice(-6)))

  it('gives items as the API says', async () => {
    const { items } = await list({ date_to: day(3), limit: 2, account_id: 'current', sort: 'date' })
    expect(items).toEqual([
      {
        id: uuid(1),
        account_id: 'current',
        date: day(1),
        value_date: day(2),
        amount: { amount: '-12.34', currency: 'GBP' },
        description: 'TESCO STORES',
        counterparty: 'Tesco',
        category: 'groceries',
        status: 'booked',
      },
      {
        id: uuid(2),
        account_id: 'current',
        date: day(2),
        value_date: null,
        amount: { amount: '2500.00', currency: 'GBP' },
        description: 'SALARY ACME',
        counterparty: null,
        category: 'income',
        status: 'booked',
      },
    ])
  })
  it('says as of when', async () => {
    const { as_of } = await list({})
    expect(decodePosition(as_of.log_position)).toEqual({ storage: 1 })
    expect(as_of.built_at).toMatch(/^\d{4}-.*Z$/)
  })
  it('names the transfer that a leg belongs to', async () => {
    const { items } = await list({ date_from: day(3), date_to: day(3) })
    expect(items.map(({ transfer_id }) => transfer_id)).toEqual([uuid(3), uuid(3)])
  })

  it.each<[Rest.TransactionFilter, number[]]>([
    [{}, [6, 5, 4, 3, 2, 1]],
    [{ sort: 'date' }, [1, 2, 3, 4, 5, 6]],
    [{ date_from: day(2), date_to: day(3) }, [4, 3, 2]],
    [{ account_id: 'savings' }, [4]],
    [{ category: 'groceries' }, [1]],
    [{ direction: 'in' }, [4, 2]],
    [{ direction: 'out', account_id: 'current' }, [6, 5, 3, 1]],
    [{ status: 'pending' }, [5]],
    [{ min_amount: '-12.34', max_amount: '50' }, [5, 4, 1]],
    [{ q: 'tesco' }, [1]],
    [{ q: '  SaLaRy ' }, [2]],
    [{ q: '%' }, [6]],
    [{ q: "'; drop table" }, []],
    [{ q: ' ' }, [6, 5, 4, 3, 2, 1]],
  ])('is filtered by %j', async (filter, expected) => {
    expect(await ids(filter)).toEqual(expected)
  })

  it('has totals of all that is filtered, by currency, on the first page', async () => {
    expect((await list({ limit: 1 })).totals).toEqual({
      count: 6,
      by_currency: [
        {
          currency: 'GBP',
          in: { amount: '2550.00', currency: 'GBP' },
          out: { amount: '-63.33', currency: 'GBP' },
          net: { amount: '2486.67', currency: 'GBP' },
        },
        {
          currency: 'JPY',
          in: { amount: '0', currency: 'JPY' },
          out: { amount: '-500', currency: 'JPY' },
          net: { amount: '-500', currency: 'JPY' },
        },
      ],
    })
    const { next_cursor } = await list({ limit: 1 })
    expect(await list({ limit: 1, cursor: next_cursor! })).not.toHaveProperty('totals')
  })

  it('is empty, not an error, where nothing was ever stored', async () => {
    expect(await list({}, 'nobody')).toEqual({
      items: [],
      totals: { count: 0, by_currency: [] },
      as_of: { log_position: expect.any(String), built_at: null },
    })
  })
  it("does not show another space's rows", async () => {
    await spaces.sync('other', said({ id: 77, date: day(1), minor: -1 }))
    expect((await list({}, 'other')).items.map(({ id }) => id)).toEqual([uuid(77)])
    expect(await ids({})).not.toContain(77)
  })

  it.each<[Rest.TransactionFilter, string]>([
    [{ account_id: 'stranger' }, 'account_not_found'],
    [{ cursor: 'nonsense' }, 'invalid_input'],
    [{ cursor: Buffer.from('[1,"date","2026-05-01","x"]').toString('base64url') }, 'invalid_input'],
  ])('refuses %j as %s', async (filter, code) => {
    await expect(list(filter)).rejects.toThrow(expect.objectContaining({ code }) as DomainError)
  })
  it('refuses a cursor of the other order', async () => {
    const { next_cursor } = await list({ limit: 2 })
    await expect(list({ cursor: next_cursor!, sort: 'date' })).rejects.toThrow(DomainError)
  })

  describe('paged', () => {
    async function pages(spaceId: string, sort: '-date' | 'date', between: () => Promise<void>): Promise<string[]> {
      const seen: string[] = []
      let cursor: string | undefined
      do {
        const page = await list({ limit: 7, sort, ...(cursor && { cursor }) }, spaceId)
        seen.push(...page.items.map(({ id }) => id))
        cursor = page.next_cursor
        if (cursor !== undefined) await between()
      } while (cursor !== undefined)
      return seen
    }
    /** Several rows on each day, so that a page ends in the middle of one. */
    const forty = Array.from({ length: 40 }, (_, n) => said({ id: 100 + n, date: day(1 + (n % 9)), minor: -(n + 1) }))

    it.each(['-date', 'date'] as const)('shows each row once while new ones come (%s)', async (sort) => {
      const spaceId = sort === 'date' ? 'paging-up' : 'paging-down'
      await spaces.sync(spaceId, ...forty)
      let id = 500
      const seen = await pages(spaceId, sort, () =>
        spaces.sync(spaceId, said({ id: ++id, date: day(1 + (id % 9)), minor: -1 })),
      )
      const old = seen.filter((one) => Number(one.slice(-6)) < 500)
      expect(new Set(seen).size).toBe(seen.length)
      expect(old).toHaveLength(40)
    })
    it('shows the newest first, however far apart they are', async () => {
      // In the first look, in the second, beyond both; two of a day at a floor.
      const days = ['2026-05-31', '2026-05-31', '2026-04-30', '2026-04-30', '2026-04-29', '2025-05-30', '2025-05-29']
      const older = ['2025-05-29', '2019-01-01', '2018-12-31', '2018-12-31']
      const all = [...days, ...older].map((date, n) => ({ id: 700 - n, date }))
      await spaces.sync('far', ...all.map(({ id, date }) => said({ id, date, minor: -id })))
      for (const limit of [1, 2, 3, 4, 5, 8, 50]) {
        const first = await list({ limit }, 'far')
        expect(first.items.map(({ id }) => id)).toEqual(all.slice(0, limit).map(({ id }) => uuid(id)))
        expect(first.totals?.count).toBe(all.length)
      }
      expect(await pages('far', '-date', async () => undefined)).toEqual(all.map(({ id }) => uuid(id)))
      expect((await list({ q: 'row 690', limit: 5 }, 'far')).items).toHaveLength(1)
      expect((await list({ date_to: '2025-06-30', limit: 2 }, 'far')).items.map(({ date }) => date)).toEqual([
        '2025-05-30',
        '2025-05-29',
      ])
      expect((await list({ date_from: '2019-01-01' }, 'far')).items).toHaveLength(9)
    })
    it('has totals of what stands there now', async () => {
      await spaces.sync('totals', ...forty)
      const count = async (filter: Rest.TransactionFilter = {}) => (await list(filter, 'totals')).totals?.count
      expect([await count(), await count({ q: 'row 105' }), await count()]).toEqual([40, 1, 40])
      await spaces.sync('totals', said({ id: 501, date: day(3), minor: -1 }))
      expect([await count(), await count({ q: 'row 105' })]).toEqual([41, 1])
    })
    it('ends without a cursor', async () => {
      await spaces.sync('seven', ...forty.slice(0, 7))
      expect(await list({ limit: 7 }, 'seven')).not.toHaveProperty('next_cursor')
    })
  })

  describe('with a demo bank', () => {
    const rows = [
      account('demo', { demo: true }),
      said({ id: 1, account: 'demo', date: day(1), minor: -100 }),
      said({ id: 2, account: 'demo', date: day(2), minor: -10 }),
    ]
    const real = [account('real'), said({ id: 3, account: 'real', date: day(3), minor: -1 })]
    const out = (totals: Rest.Totals | undefined) => totals?.by_currency.map((line) => line.out.amount)

    it('counts its rows until a real account is there; they stay listed', async () => {
      await spaces.sync('demo', ...rows)
      expect(out((await list({}, 'demo')).totals)).toEqual(['-1.10'])
      await spaces.sync('demo', ...real)
      const { items, totals } = await list({}, 'demo')
      expect(items).toHaveLength(3)
      expect(totals?.count).toBe(3)
      expect(out(totals)).toEqual(['-0.01'])
    })
    it('sums a demo account that is asked for by itself', async () => {
      await spaces.sync('demo-2', ...rows, ...real)
      expect(out((await list({ account_id: 'demo' }, 'demo-2')).totals)).toEqual(['-1.10'])
    })
  })
})
