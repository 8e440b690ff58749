import { isDeepStrictEqual } from 'node:util'
import { tableFromIPC } from 'apache-arrow'
import * as parquet from 'parquet-wasm'
import { type Columns, lakeDatasets } from '../domain/lake.ts'
import { everyKind, manyRows, everyKindRows as rows } from './parquet.rows.ts'
import { readParquet, writeParquet } from './parquet.ts'

describe('a Parquet file of the lake', () => {
  it('is read back by ourselves as it was written, to the millisecond', () => {
    const whole = rows.map((row) => ({ ...row, an_instant: row.an_instant && new Date(row.an_instant).toISOString() }))
    expect(readParquet(everyKind, writeParquet(everyKind, rows))).toEqual(whole)
  })

  it.each([1, 7, 8, 9, 1000, 70_000])('of %i rows is read back as it was written', (count) => {
    const written = manyRows(count)
    const read = readParquet(everyKind, writeParquet(everyKind, written))
    expect(read).toHaveLength(count)
    expect(read.findIndex((row, n) => !isDeepStrictEqual(row, written[n]))).toBe(-1)
  })

  it('gives single columns', () => {
    expect(readParquet(everyKind, writeParquet(everyKind, rows), ['an_integer'])).toEqual([
      { an_integer: -7 },
      { an_integer: 2_147_483_647 },
      { an_integer: 0 },
    ])
  })

  it('is the same bytes for the same rows, so that a retry writes the same key', () => {
    expect(writeParquet(everyKind, rows)).toEqual(writeParquet(everyKind, rows))
  })

  it('names dataset and schema version', () => {
    const schema = parquet.readParquet(writeParquet(everyKind, rows)).intoIPCStream()
    expect(tableFromIPC(schema).schema.metadata.get('pf.schema')).toBe('observations/1')
  })

  it('refuses a null where the column has none', () => {
    const wrong = [{ ...rows[0]!, a_text: null as unknown as string }]
    expect(() => writeParquet(everyKind, wrong)).toThrow('observations.a_text may not be null')
  })

  it.each(lakeDatasets.map((dataset) => [dataset.name, dataset] as const))('of %s may be empty', (_, dataset) => {
    expect(readParquet(dataset, writeParquet<Columns>(dataset, []))).toEqual([])
  })
})
