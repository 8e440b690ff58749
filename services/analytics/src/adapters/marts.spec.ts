import { join } from 'node:path'
import { defaultBounds } from '../bounds.ts'
import { account, balance, type LakeFolder, openLakeFolder, said, uuid } from '../testing/lake.ts'
import { type MartFile, openMartFile } from './mart-file.ts'
import { loadModels } from './models.ts'

const models = loadModels()
const now = new Date('2026-06-30T12:00:00Z')
type Rows = Parameters<LakeFolder['write']>

describe('the marts', () => {
  let lake: LakeFolder
  const open: MartFile[] = []
  let marts = 0

  beforeAll(async () => {
    lake = await openLakeFolder()
  })
  afterEach(async () => {
    for (const mart of open.splice(0)) await mart.close()
  })
  afterAll(() => lake.remove())

  async function newMart(): Promise<MartFile> {
    const path = join(lake.path, `${++marts}.duckdb`)
    const mart = await openMartFile(path, { models, bounds: defaultBounds, create: true })
    open.push(mart)
    return mart
  }
  /** A mart after these syncs, one after another. */
  async function after(...syncs: Rows[]): Promise<MartFile> {
    const mart = await newMart()
    let seq = 0
    for (const rows of syncs) await mart.load(await lake.write(...rows), ++seq, now)
    return mart
  }
  const ask = (mart: MartFile, sql: string) => mart.read((query) => query(sql))

  describe('fct_transactions', () => {
    const columns = `select cast(transaction_id as varchar) as id, account_id, cast(date as varchar) as date,
      cast(month as varchar) as month, amount_minor, cast(amount as varchar) as amount, currency, description,
      counterparty, status, search_text from mart.main.fct_transactions order by transaction_id`

    it('holds a row as the bank said it', async () => {
      const mart = await after([
        said({ id: 1, date: '2026-05-03', minor: -1234, text: 'TESCO STORES 3312', counterparty: 'Tesco' }),
      ])
      expect(await ask(mart, columns)).toEqual([
        {
          id: uuid(1),
          account_id: 'current',
          date: '2026-05-03',
          month: '2026-05-01',
          amount_minor: -1234n,
          amount: '-12.3400',
          currency: 'GBP',
          description: 'TESCO STORES 3312',
          counterparty: 'Tesco',
          status: 'booked',
          search_text: 'tesco stores 3312\ntesco',
        },
      ])
    })

    it('holds a pending row once when it is booked, on its new day', async () => {
      const mart = await after(
        [said({ id: 1, date: '2026-04-30', minor: -500, status: 'pending' })],
        [said({ id: 1, date: '2026-05-02', minor: -500, seq: 2, prevDate: '2026-04-30' })],
      )
      expect(await ask(mart, 'select cast(date as varchar) as date, status from mart.main.fct_transactions')).toEqual([
        { date: '2026-05-02', status: 'booked' },
      ])
    })

    it('leaves a row that is gone out, and never shows an older decision again', async () => {
      const mart = await after(
        [said({ id: 1, date: '2026-04-30', minor: -500, status: 'pending' })],
        [said({ id: 1, date: '2026-06-20', minor: -500, seq: 2, prevDate: '2026-04-30', status: 'pending' })],
        [said({ id: 1, date: '2026-06-20', minor: -500, seq: 3, prevDate: '2026-06-20', status: 'gone' })],
        [said({ id: 2, date: '2026-04-29', minor: -100, seq: 4 })],
      )
      expect(await ask(mart, 'select cast(transaction_id as varchar) as id from mart.main.fct_transactions')).toEqual([
        { id: uuid(2) },
      ])
    })

    it('loads a file once, however often it is told of it', async () => {
      const mart = await newMart()
      const files = await lake.write([said({ id: 1, date: '2026-05-03', minor: -1 })].flat()[0]!)
      expect(await mart.load(files, 1, now)).toEqual({ files: 2, months: ['2026-05'] })
      expect(await mart.load(files, 1, now)).toEqual({ files: 0, months: [] })
      expect(await ask(mart, 'select count(*) as n from mart.main.fct_transactions')).toEqual([{ n: 1n }])
    })
  })

  describe('a category', () => {
    const categories = async (...rows: Rows) => {
      const mart = await after(rows)
      const found = await ask(mart, 'select category from mart.main.fct_transactions order by transaction_id')
      return found.map((row) => row['category'])
    }
    const date = '2026-05-03'

    it('comes from whole words of the text, whatever stands between them', async () => {
      expect(
        await categories(
          said({ id: 1, date, minor: -1, text: 'TESCO STORES 3312' }),
          said({ id: 2, date, minor: -1, text: "SAINSBURY'S S/MKT" }),
          said({ id: 3, date, minor: -1, text: 'PAYMENT', counterparty: 'CO-OP GROUP' }),
          said({ id: 4, date, minor: -1, text: 'TESCONIA' }),
        ),
      ).toEqual(['groceries', 'groceries', 'groceries', 'uncategorised'])
    })
    it('comes from the narrower rule where two match', async () => {
      expect(
        await categories(
          said({ id: 1, date, minor: -1, text: 'TESCO MOBILE' }),
          said({ id: 2, date, minor: -1, text: 'AMAZON PRIME*2K' }),
        ),
      ).toEqual(['phone_internet', 'subscriptions'])
    })
    it('depends on the direction where the rule says so', async () => {
      expect(
        await categories(
          said({ id: 1, date, minor: 250000, text: 'ACME SALARY' }),
          said({ id: 2, date, minor: -100, text: 'ACME SALARY' }),
          said({ id: 3, date, minor: 12, text: 'INTEREST' }),
          said({ id: 4, date, minor: -12, text: 'INTEREST' }),
        ),
      ).toEqual(['income', 'uncategorised', 'interest', 'bank_fees'])
    })
    it('comes from the merchant code where no text matches', async () => {
      expect(
        await categories(
          said({ id: 1, date, minor: -1, text: 'XQZ', mcc: '5411' }),
          said({ id: 2, date, minor: -1, text: 'GREGGS', mcc: '5411' }),
        ),
      ).toEqual(['groceries', 'eating_out'])
    })
    it('is honest where no rule knows', async () => {
      expect(
        await categories(said({ id: 1, date, minor: 1, text: 'XQZ' }), said({ id: 2, date, minor: -1, text: 'XQZ' })),
      ).toEqual(['other_income', 'uncategorised'])
    })
  })

  describe('a transfer', () => {
    const transfers = async (...rows: Rows) => {
      const mart = await after(rows)
      const found = await ask(
        mart,
        `select cast(transaction_id as varchar) as id, cast(transfer_id as varchar) as transfer from mart.main.fct_transactions
        where transfer_id is not null order by 1`,
      )
      return found.map((row) => [Number(String(row['id']).slice(-6)), Number(String(row['transfer']).slice(-6))])
    }
    const out = (id: number, date: string, rest: object = {}) => said({ id, date, minor: -5000, ...rest })
    const into = (id: number, date: string, rest: object = {}) =>
      said({ id, date, minor: 5000, account: 'savings', ...rest })

    it('is two equal and opposite amounts in two own accounts', async () => {
      expect(await transfers(out(1, '2026-05-03'), into(2, '2026-05-03'))).toEqual([
        [1, 1],
        [2, 1],
      ])
    })
    it('may take three days, and no more', async () => {
      expect(await transfers(out(1, '2026-05-01'), into(2, '2026-05-04'))).toHaveLength(2)
      expect(await transfers(out(1, '2026-05-01'), into(2, '2026-05-05'))).toEqual([])
      expect(await transfers(out(1, '2026-05-04'), into(2, '2026-05-01'))).toHaveLength(2)
    })
    it('takes the nearest day first', async () => {
      expect(await transfers(out(1, '2026-05-03'), into(2, '2026-05-05'), into(3, '2026-05-04'))).toEqual([
        [1, 1],
        [3, 1],
      ])
    })
    it('uses each leg once', async () => {
      expect(await transfers(out(1, '2026-05-03'), out(2, '2026-05-03'), into(3, '2026-05-03'))).toEqual([
        [1, 1],
        [3, 1],
      ])
    })
    it('never stays within one account', async () => {
      expect(await transfers(out(1, '2026-05-03'), into(2, '2026-05-03', { account: 'current' }))).toEqual([])
    })
    it('finds the other account past a leg of the same one', async () => {
      expect(
        await transfers(
          out(1, '2026-05-03', { account: 'savings' }),
          into(2, '2026-05-03', { account: 'current' }),
          into(3, '2026-05-03', { account: 'savings' }),
        ),
      ).toEqual([
        [1, 1],
        [2, 1],
      ])
    })
    it('needs both legs booked, in one currency', async () => {
      expect(await transfers(out(1, '2026-05-03'), into(2, '2026-05-03', { status: 'pending' }))).toEqual([])
      expect(await transfers(out(1, '2026-05-03'), into(2, '2026-05-03', { currency: 'EUR' }))).toEqual([])
    })
    it('never pairs a demo account with a real one', async () => {
      expect(await transfers(account('savings', { demo: true }), out(1, '2026-05-03'), into(2, '2026-05-03'))).toEqual(
        [],
      )
    })
    it('has the category of its own', async () => {
      const mart = await after([out(1, '2026-05-03', { text: 'TESCO' }), into(2, '2026-05-03')])
      expect(await ask(mart, 'select distinct category from mart.main.fct_transactions')).toEqual([
        { category: 'transfer' },
      ])
    })
  })

  describe('spending and cash flow', () => {
    const rows: Rows = [
      said({ id: 1, date: '2026-05-03', minor: -3000, text: 'TESCO' }),
      said({ id: 2, date: '2026-05-20', minor: 1000, text: 'TESCO REFUND' }),
      said({ id: 3, date: '2026-05-25', minor: 250000, text: 'SALARY' }),
      said({ id: 4, date: '2026-05-26', minor: -5000, text: 'TO SAVINGS' }),
      said({ id: 5, date: '2026-05-27', minor: 5000, text: 'FROM CURRENT', account: 'savings' }),
      said({ id: 6, date: '2026-05-28', minor: -777, text: 'TESCO', status: 'pending' }),
      said({ id: 7, date: '2026-06-01', minor: -400, text: 'TESCO', currency: 'EUR' }),
    ]

    it('spend what is booked; refunds are taken off, transfers and income left out', async () => {
      const mart = await after(rows)
      expect(
        await ask(
          mart,
          'select cast(month as varchar) as month, category, account_id, currency, spent_minor, transaction_rows from mart.main.fct_spending_monthly order by all',
        ),
      ).toEqual([
        {
          month: '2026-05-01',
          category: 'groceries',
          account_id: 'current',
          currency: 'GBP',
          spent_minor: 2000n,
          transaction_rows: 2,
        },
        {
          month: '2026-06-01',
          category: 'groceries',
          account_id: 'current',
          currency: 'EUR',
          spent_minor: 400n,
          transaction_rows: 1,
        },
      ])
    })
    it('flow in and out, transfers left out', async () => {
      const mart = await after(rows)
      expect(
        await ask(
          mart,
          'select cast(month as varchar) as month, currency, in_minor, out_minor from mart.main.fct_cash_flow_monthly order by all',
        ),
      ).toEqual([
        { month: '2026-05-01', currency: 'GBP', in_minor: 251000n, out_minor: -3000n },
        { month: '2026-06-01', currency: 'EUR', in_minor: 0n, out_minor: -400n },
      ])
    })
  })

  describe('an account', () => {
    const accounts = (mart: MartFile) =>
      ask(
        mart,
        `select account_id, name, kind, currency, demo, counted, cast(first_date as varchar) as first_date,
        cast(last_date as varchar) as last_date, booked_minor, available_minor from mart.main.dim_accounts order by account_id`,
      )

    it('has its latest description, span and balances', async () => {
      const mart = await after(
        [account('current', { name: 'Old' }), balance('current', 1, '2026-05-01T08:00:00Z')],
        [
          account('current', { name: 'New', described_at: '2026-05-02T00:00:00Z' }),
          said({ id: 1, date: '2026-04-03', minor: -1 }),
          said({ id: 2, date: '2026-05-05', minor: -1, status: 'pending' }),
          balance('current', 7, '2026-05-02T08:00:00Z', { balance_type: 'expected' }),
          balance('current', 8, '2026-05-02T08:00:00Z', { balance_type: 'closingBooked' }),
          balance('current', 9, '2026-05-02T08:00:00Z', { balance_type: 'interimAvailable' }),
        ],
      )
      expect(await accounts(mart)).toEqual([
        {
          account_id: 'current',
          name: 'New',
          kind: 'current',
          currency: 'GBP',
          demo: false,
          counted: true,
          first_date: '2026-04-03',
          last_date: '2026-05-05',
          booked_minor: 8n,
          available_minor: 9n,
        },
      ])
    })
    it('is there before the bank has described it', async () => {
      const mart = await after([said({ id: 1, date: '2026-04-03', minor: -1, currency: 'EUR' })])
      expect(await accounts(mart)).toMatchObject([{ account_id: 'current', name: 'Account', currency: 'EUR' }])
    })
    it('of the demo bank counts until a real one is there', async () => {
      const mart = await after([account('demo', { demo: true })])
      expect(await accounts(mart)).toMatchObject([{ account_id: 'demo', counted: true }])
      await mart.load(await lake.write(account('real')), 2, now)
      expect(await accounts(mart)).toMatchObject([
        { account_id: 'demo', counted: false },
        { account_id: 'real', counted: true },
      ])
    })
    it('that turns out to be a demo one pairs anew', async () => {
      const mart = await after([
        said({ id: 1, date: '2026-05-03', minor: -5000 }),
        said({ id: 2, date: '2026-05-03', minor: 5000, account: 'savings' }),
      ])
      await mart.load(await lake.write(account('savings', { demo: true })), 2, now)
      expect(await ask(mart, 'select count(transfer_id) as n from mart.main.fct_transactions')).toEqual([{ n: 0n }])
    })
  })

  describe('a daily balance', () => {
    const daily = (mart: MartFile) =>
      ask(
        mart,
        'select cast(date as varchar) as date, booked_minor, source from mart.main.fct_balances_daily order by date',
      )

    it('is derived from the newest statement, pending rows left out', async () => {
      const mart = await after([
        account('current'),
        said({ id: 1, date: '2026-05-01', minor: -100 }),
        said({ id: 2, date: '2026-05-03', minor: -50 }),
        said({ id: 3, date: '2026-05-03', minor: -7, status: 'pending' }),
        balance('current', 1000, '2026-05-04T08:00:00Z'),
      ])
      expect(await daily(mart)).toEqual([
        { date: '2026-05-01', booked_minor: 1050n, source: 'derived' },
        { date: '2026-05-02', booked_minor: 1050n, source: 'derived' },
        { date: '2026-05-03', booked_minor: 1000n, source: 'derived' },
        { date: '2026-05-04', booked_minor: 1000n, source: 'bank' },
      ])
    })
    it("is the bank's closing balance on the day that it is of", async () => {
      const mart = await after([
        account('current'),
        balance('current', 900, '2026-05-03T08:00:00Z', {
          balance_type: 'closingBooked',
          reference_date: '2026-05-02',
        }),
        said({ id: 1, date: '2026-05-03', minor: -100 }),
        balance('current', 1000, '2026-05-04T08:00:00Z'),
      ])
      expect(await daily(mart)).toEqual([
        { date: '2026-05-02', booked_minor: 900n, source: 'bank' },
        { date: '2026-05-03', booked_minor: 1000n, source: 'derived' },
        { date: '2026-05-04', booked_minor: 1000n, source: 'bank' },
      ])
    })
    it("counts the bank's day in the account's own zone", async () => {
      const mart = await after([account('current'), balance('current', 1000, '2026-05-03T23:30:00Z')])
      expect(await daily(mart)).toEqual([{ date: '2026-05-04', booked_minor: 1000n, source: 'bank' }])
    })
    it('follows what was booked after the statement', async () => {
      const mart = await after([
        account('current'),
        balance('current', 1000, '2026-05-03T08:00:00Z'),
        said({ id: 1, date: '2026-05-04', minor: -100 }),
      ])
      expect((await daily(mart)).at(-1)).toEqual({ date: '2026-05-04', booked_minor: 900n, source: 'derived' })
    })
  })
})
