import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Rest } from '@pf/contracts'
import type { ExportFormat } from '../application/export-rows.ts'
import { listTransactions } from '../application/transactions.ts'
import { account, said } from '../testing/lake.ts'
import { openSpaces, type Spaces } from '../testing/space.ts'
import { queryOn } from './duckdb.ts'
import { openRowExports, type RowExports } from './row-exports.ts'

const day = (n: number) => `2026-05-${String(n).padStart(2, '0')}`
const formulas = ['=1+1', '+44 SHOP', '-SHOP', '@SUM(A1)', '\tTAB', '\rRETURN', '＝WIDE']

describe('rows as a file', () => {
  let spaces: Spaces
  let exports: RowExports
  let folder: string

  beforeAll(async () => {
    spaces = await openSpaces()
    folder = join(spaces.folder, 'exports')
    exports = await openRowExports(folder, spaces.registry)
    await spaces.sync(
      's',
      account('current'),
      account('savings'),
      said({ id: 1, date: day(1), minor: -1234, text: 'TESCO, "STORES"', counterparty: 'Tesco', valueDate: day(2) }),
      said({ id: 2, date: day(2), minor: 250000, text: 'SALARY\nACME' }),
      said({ id: 3, date: day(3), minor: 5000, text: 'FROM CURRENT', account: 'savings' }),
      said({ id: 4, date: day(4), minor: -99, text: 'PRET', status: 'pending' }),
      said({ id: 5, date: day(5), minor: -500, text: '100% ROUND_UP', currency: 'JPY' }),
      said({ id: 6, date: day(5), minor: -1500, text: 'OIL', currency: 'KWD' }),
      ...formulas.map((text, n) => said({ id: 10 + n, date: day(10 + n), minor: -100, text, counterparty: text })),
    )
  })
  afterAll(() => spaces.remove())

  async function written(format: ExportFormat, filter: Rest.TransactionMonthsFilter = {}, spaceId = 's') {
    const { rows, taken } = await exports.write({ spaceId, id: 'x', filter, format }, async (pieces) => {
      const all: Uint8Array[] = []
      for await (const piece of pieces) all.push(piece)
      return Buffer.concat(all)
    })
    expect(readdirSync(folder)).toEqual([])
    return { rows, bytes: taken }
  }

  /** As another DuckDB reads it. */
  async function readBack(format: ExportFormat, bytes: Uint8Array, sql: string) {
    const path = join(spaces.folder, `back.${format}`)
    writeFileSync(path, bytes)
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const from = format === 'csv' ? `read_csv('${path}', all_varchar = true)` : `read_parquet('${path}')`
    const rows = await queryOn(connection)(sql.replace('$file', from))
    connection.closeSync()
    instance.closeSync()
    return rows
  }

  const sums = `select currency, count(*) as n,
      cast(coalesce(sum(cast(amount as decimal(20, 4))) filter (where cast(amount as decimal(20, 4)) > 0), 0) as double) as coming,
      cast(coalesce(sum(cast(amount as decimal(20, 4))) filter (where cast(amount as decimal(20, 4)) < 0), 0) as double) as going
    from $file group by currency order by currency`

  const filters: Rest.TransactionMonthsFilter[] = [
    {},
    { account_id: 'savings' },
    { status: 'booked', date_to: day(4) },
    { direction: 'in' },
    { q: 'shop' },
    { q: 'there is no such row' },
  ]
  it.each((['csv', 'parquet'] as const).flatMap((format) => filters.map((filter) => [format, filter] as const)))(
    'has in %s the rows of the list, and its totals: %j',
    async (format, filter) => {
      const { totals } = await listTransactions(spaces.registry, 's', filter)
      const { rows, bytes } = await written(format, filter)
      expect(rows).toBe(totals?.count)
      const found = await readBack(format, bytes, sums)
      expect(found.reduce((all, { n }) => all + Number(n), 0)).toBe(rows)
      expect(found.map(({ currency, coming, going }) => [currency, coming, going])).toEqual(
        totals?.by_currency.map(({ currency, in: coming, out }) => [
          currency,
          Number(coming.amount),
          Number(out.amount),
        ]),
      )
    },
  )

  it('writes in CSV what every program reads, newest first', async () => {
    const { bytes } = await written('csv', { date_to: day(5) })
    const lines = new TextDecoder().decode(bytes).split('\n')
    expect(lines[0]).toBe(
      'id,account_id,account,date,value_date,amount,currency,description,counterparty,merchant,category,status,transfer_id',
    )
    expect(lines.slice(1, 4).map((line) => line.split(',').slice(3, 8))).toEqual([
      [day(5), '', '-1.500', 'KWD', 'OIL'],
      [day(5), '', '-500', 'JPY', '100% ROUND_UP'],
      [day(4), '', '-0.99', 'GBP', 'PRET'],
    ])
    expect(lines.at(-2)).toContain(`${day(1)},${day(2)},-12.34,GBP,"TESCO, ""STORES""",Tesco,`)
    expect(new TextDecoder().decode(bytes)).toContain('2500.00,GBP,"SALARY\nACME"')
  })

  it('has no cell that a spreadsheet would run, and every text as it is in Parquet', async () => {
    const filter = { date_from: day(10) }
    const csv = await readBack('csv', (await written('csv', filter)).bytes, 'select * from $file order by date')
    for (const [n, row] of csv.entries()) {
      expect([row['description'], row['counterparty']]).toEqual([`'${formulas[n]}`, `'${formulas[n]}`])
      for (const [name, cell] of Object.entries(row)) {
        if (name !== 'amount') expect(String(cell)).not.toMatch(/^[=+\-@\t\r＝＋－＠]/)
      }
      expect(row['amount']).toBe('-1.00')
    }
    const parquet = await readBack('parquet', (await written('parquet', filter)).bytes, 'from $file order by date')
    expect(parquet.map(({ description }) => description)).toEqual(formulas)
  })

  it('is typed in Parquet, also without a row and of a space that has no marts', async () => {
    const types = async (filter: object, spaceId?: string) => {
      const { rows, bytes } = await written('parquet', filter, spaceId)
      const described = await readBack('parquet', bytes, 'describe from $file')
      return { rows, types: described.map((row) => `${row['column_name']} ${row['column_type']}`) }
    }
    const expected = [
      'id UUID',
      'account_id VARCHAR',
      'account VARCHAR',
      'date DATE',
      'value_date DATE',
      'amount DECIMAL(20,4)',
      'currency VARCHAR',
      'description VARCHAR',
      'counterparty VARCHAR',
      'merchant VARCHAR',
      'category VARCHAR',
      'status VARCHAR',
      'transfer_id UUID',
      'amount_minor BIGINT',
    ]
    expect(await types({})).toEqual({ rows: 13, types: expected })
    expect(await types({ q: 'nothing' })).toEqual({ rows: 0, types: expected })
    expect(await types({}, 'nobody')).toEqual({ rows: 0, types: expected })
    const { bytes } = await written('csv', {}, 'nobody')
    expect(new TextDecoder().decode(bytes).trim().split('\n')).toHaveLength(1)
  })

  it('is of no account that is not there', async () => {
    for (const spaceId of ['s', 'nobody']) {
      const refused = written('csv', { account_id: 'none' }, spaceId)
      await expect(refused).rejects.toMatchObject({ code: 'account_not_found' })
    }
    expect(readdirSync(folder)).toEqual([])
  })
})
