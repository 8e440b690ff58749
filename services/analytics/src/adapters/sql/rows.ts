import {
  type DuckDBResult,
  DuckDBTimestampTZValue,
  type DuckDBValueConverter,
  type Json,
  JsonDuckDBValueConverter,
} from '@duckdb/node-api'
import type { SqlLimits } from './protocol.ts'
import { SqlRefused } from './words.ts'

/**
 * Columns and rows as JSON, fetched as they are made until a limit is reached. DECIMAL and integers of 64 bits and more
 * are strings; instants are RFC 3339. Throws SqlRefused where one row alone is too large.
 */
export async function readRows(
  result: DuckDBResult,
  limits: Pick<SqlLimits, 'rows' | 'bytes'>,
): Promise<{ columns: string; rows: string; truncated: boolean }> {
  const types = result.columnTypes()
  const columns = JSON.stringify(result.columnNames().map((name, n) => ({ name, type: String(types[n]) })))
  const rows: string[] = []
  let bytes = columns.length
  for (let chunk = await result.fetchChunk(); chunk !== null && chunk.rowCount > 0; chunk = await result.fetchChunk())
    for (const values of chunk.getRows()) {
      const row = JSON.stringify(values.map((value, n) => (value === null ? null : asJson(value, types[n]!, asJson))))
      bytes += Buffer.byteLength(row) + 1
      if (bytes > limits.bytes && rows.length === 0)
        throw new SqlRefused('query_too_large', `One row has over ${limits.bytes} bytes. Ask for less of it.`)
      if (bytes > limits.bytes || rows.length === limits.rows)
        return { columns, rows: `[${rows.join(',')}]`, truncated: true }
      rows.push(row)
    }
  return { columns, rows: `[${rows.join(',')}]`, truncated: false }
}

const asJson: DuckDBValueConverter<Json> = (value, type, self) =>
  value instanceof DuckDBTimestampTZValue ? instantOf(value) : JsonDuckDBValueConverter(value, type, self)

/** Its own text where no calendar has it (infinity, the year 300000). */
function instantOf(value: DuckDBTimestampTZValue): string {
  const instant = new Date(Number(value.micros / 1000n))
  if (Number.isNaN(instant.getTime())) return String(value)
  const below = value.micros % 1000n
  return below === 0n ? instant.toISOString() : instant.toISOString().replace('Z', `${String(below).padStart(3, '0')}Z`)
}
