import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { type Columns, lakeDatasets } from '../domain/lake.ts'
import { everyKind, everyKindRows as rows } from './parquet.rows.ts'
import { writeParquet } from './parquet.ts'

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

  it.each(lakeDatasets.map((dataset) => [dataset.name, dataset] as const))('of %s may be empty', async (_, dataset) => {
    const bytes = writeParquet<Columns>(dataset, [])
    expect(await duckdb(bytes, 'select count(*)::integer as n from FILE')).toEqual([{ n: 0 }])
  })
})
