import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { type Columns, lakeDatasets } from '../domain/lake.ts'
import { everyKind, manyRows, everyKindRows as rows } from './parquet.rows.ts'
import { writeParquet } from './parquet.ts'
import { joinParquet } from './parquet-join.ts'

describe('a Parquet file of the lake, by DuckDB', () => {
  let folder: string
  let instance: DuckDBInstance

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pf-parquet-'))
    instance = await DuckDBInstance.create(':memory:')
  })
  afterAll(() => {
    instance.closeSync()
    rmSync(folder, { recursive: true })
  })

  async function duckdb(bytes: Uint8Array, sql: string): Promise<Record<string, unknown>[]> {
    const path = join(folder, `${randomBytes(8).toString('hex')}.parquet`)
    writeFileSync(path, bytes)
    const connection = await instance.connect()
    const reader = await connection.runAndReadAll(sql.replaceAll('FILE', `read_parquet('${path}')`))
    connection.closeSync()
    return reader.getRowObjectsJson()
  }

  it('is read by DuckDB with exact types', async () => {
    const described = await duckdb(writeParquet(everyKind, rows), 'describe select * from FILE')
    expect(Object.fromEntries(described.map((column) => [column['column_name'], column['column_type']]))).toEqual({
      a_text: 'VARCHAR',
      a_text_or_null: 'VARCHAR',
      an_id: 'VARCHAR',
      a_counter: 'BIGINT',
      an_integer: 'INTEGER',
      a_bigint: 'BIGINT',
      a_decimal: 'DECIMAL(20,4)',
      a_date: 'DATE',
      an_instant: 'TIMESTAMP WITH TIME ZONE',
      a_boolean: 'BOOLEAN',
    })
  })

  it('is read by DuckDB with exact values', async () => {
    const sql = `select a_text, a_text_or_null, an_id, a_counter::varchar as a_counter, an_integer, a_bigint::varchar as a_bigint, a_decimal::varchar as a_decimal,
      a_date::varchar as a_date, epoch_us(an_instant)::varchar as an_instant, a_boolean from FILE`
    expect(await duckdb(writeParquet(everyKind, rows), sql)).toEqual([
      {
        ...rows[0],
        a_counter: '1',
        a_bigint: '-9007199254740993',
        a_decimal: '-1234567890123456.7890',
        an_instant: '1774745999123456',
      },
      { ...rows[1], a_counter: '2', a_decimal: '0.0001' },
      {
        ...rows[2],
        a_counter: '9223372036854775807',
        a_bigint: '9223372036854775807',
        a_decimal: '12.3400',
        an_instant: '0',
      },
    ])
  })

  it('is read by DuckDB with exact values beyond one row group', async () => {
    const sql = `select to_json(columns(*)) from (
      select * replace (a_counter::varchar as a_counter, a_bigint::varchar as a_bigint, a_decimal::varchar as a_decimal,
        a_date::varchar as a_date, epoch_ms(an_instant) as an_instant) from FILE)`
    const written = manyRows(70_000)
    const found = await duckdb(writeParquet(everyKind, written), sql)
    const expected = written.map((row) => ({
      ...row,
      a_counter: String(row.a_counter),
      a_bigint: row.a_bigint === null ? null : String(row.a_bigint),
      a_decimal: decimalText(row.a_decimal),
      an_instant: row.an_instant === null ? null : Date.parse(row.an_instant),
    }))
    const differs = expected.findIndex((row, n) => {
      const read = Object.fromEntries(Object.entries(found[n] ?? {}).map(([name, json]) => [name, parsedOf(json)]))
      return !isDeepStrictEqual(read, row)
    })
    expect(differs).toBe(-1)
  }, 60_000)

  it('lets DuckDB skip row groups by day', async () => {
    const bytes = writeParquet(everyKind, manyRows(70_000))
    const path = join(folder, 'bounds.parquet')
    writeFileSync(path, bytes)
    const sql = `select row_group_id::integer as n, stats_min_value as least, stats_max_value as most
      from parquet_metadata('${path}') where path_in_schema = 'a_date' order by 1`
    const days = manyRows(70_000).map(({ a_date }) => a_date)
    expect(await duckdb(bytes, sql)).toEqual([
      { n: 0, least: days[0], most: days[65_535] },
      { n: 1, least: days[65_536], most: days[69_999] },
    ])
  })

  it('is the same rows, to the microsecond, when it is joined of others', async () => {
    const parts = [rows.slice(0, 1), [], rows.slice(1)].map((some) => writeParquet(everyKind, some))
    const joined = joinParquet(everyKind, parts)
    const sql = 'select *, epoch_us(an_instant) as micros from FILE'
    expect(await duckdb(joined, sql)).toEqual(await duckdb(writeParquet(everyKind, rows), sql))
    expect(joined).toEqual(joinParquet(everyKind, parts))
    const described = 'describe select * from FILE'
    expect(await duckdb(joined, described)).toEqual(await duckdb(parts[0]!, described))
  })

  it.each(lakeDatasets.map((dataset) => [dataset.name, dataset] as const))('of %s may be empty', async (_, dataset) => {
    const bytes = writeParquet<Columns>(dataset, [])
    expect(await duckdb(bytes, 'select count(*)::integer as n from FILE')).toEqual([{ n: 0 }])
  })
})

const parsedOf = (json: unknown): unknown => (json === null ? null : JSON.parse(String(json)))

/** Ten-thousandths in whole units, as DuckDB writes a DECIMAL(20,4). */
function decimalText(tenThousandths: bigint): string {
  const digits = String(tenThousandths < 0n ? -tenThousandths : tenThousandths).padStart(5, '0')
  return `${tenThousandths < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`
}
