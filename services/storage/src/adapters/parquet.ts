import {
  Bool,
  type Data,
  Date_,
  DateUnit,
  Decimal,
  Dictionary,
  Field,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampMicrosecond,
  tableFromIPC,
  tableToIPC,
  Utf8,
  Vector,
} from 'apache-arrow'
import type { Encoding, WriterProperties } from 'parquet-wasm'
import type { ColumnKind, Columns, LakeDataset, RowOf } from '../domain/lake.ts'
import { parquet } from './parquet-module.ts'

/** Enough for compression, and few enough that an engine reads a large file with several threads. */
const rowGroupRows = 65_536

/**
 * Rows ↔ Parquet (zstd), through Arrow. Filling typed arrays ourselves is several times faster than Arrow's builders.
 * Types are chosen by what DuckDB reads back exactly; 256-bit decimals, DateMillisecond and nanoseconds are not.
 */
export function writeParquet<C extends Columns>(
  dataset: LakeDataset<C>,
  rows: readonly RowOf<LakeDataset<C>>[],
): Uint8Array {
  // One list for all columns in turn: each would be half a megabyte, and none is kept.
  const values: Cell[] = rows.map(() => null)
  const columns = Object.entries(declarationsOf(dataset)).map(([name, { kind, nullable }]) => {
    for (let i = 0; i < rows.length; i++) values[i] = (rows[i] as Record<string, Cell>)[name] ?? null
    return columnOf(kind, nullable, values, `${dataset.name}.${name}`)
  })
  return parquetOf(dataset, columns, rows.length)
}

/** Columns in their declared order, as a file. */
export function parquetOf(dataset: LakeDataset, columns: readonly Data[], rows: number): Uint8Array {
  const fields = Object.entries(declarationsOf(dataset)).map(
    ([name, { nullable }], i) => new Field(name, columns[i]!.type, nullable),
  )
  const schema = new Schema(fields)
  const struct = makeData({ type: new Struct(fields), length: rows, nullCount: 0, children: [...columns] })
  const stream = tableToIPC(new Table(schema, [new RecordBatch(schema, struct)]), 'stream')
  const { writeParquet: write, Table: Packed } = parquet()
  return write(Packed.fromIPCStream(stream), propertiesOf(dataset))
}

/** The rows of a file, of the given columns alone where they are named. */
export function readParquet<C extends Columns, N extends keyof C & string = keyof C & string>(
  dataset: LakeDataset<C>,
  bytes: Uint8Array,
  names: readonly N[] = Object.keys(dataset.columns) as N[],
): Pick<RowOf<LakeDataset<C>>, N>[] {
  const table = tableFromIPC(
    parquet()
      .readParquet(bytes, { columns: [...names], batchSize: 65_536 })
      .intoIPCStream(),
  )
  const columns = names.map((name) => {
    const vector = table.getChild(name)
    if (vector === null)
      throw new Error(`Lake file of ${dataset.name} lacks column ${name}; read it by its own version.`)
    return [name, cellsOf(vector, declarationOf(dataset, name).kind)] as const
  })
  const rows: Record<string, Cell>[] = []
  for (let i = 0; i < table.numRows; i++) {
    const row: Record<string, Cell> = {}
    for (const [name, cells] of columns) row[name] = cells[i]!
    rows.push(row)
  }
  return rows as Pick<RowOf<LakeDataset<C>>, N>[]
}

export type Cell = string | number | bigint | boolean | null

function declarationOf(dataset: LakeDataset, name: string): { kind: ColumnKind; nullable: boolean } {
  const declaration = dataset.columns[name]
  if (declaration === undefined) throw new Error(`Dataset ${dataset.name} has no column ${name}.`)
  const nullable = declaration.endsWith('?')
  return { kind: (nullable ? declaration.slice(0, -1) : declaration) as ColumnKind, nullable }
}

export const declarationsOf = (dataset: LakeDataset): Record<string, { kind: ColumnKind; nullable: boolean }> =>
  Object.fromEntries(Object.keys(dataset.columns).map((name) => [name, declarationOf(dataset, name)]))

export function columnOf(kind: ColumnKind, nullable: boolean, values: readonly Cell[], name: string): Data {
  const length = values.length
  const validity = validityOf(values)
  if (validity !== undefined && !nullable) throw new Error(`Column ${name} may not be null.`)
  const nulls = validity === undefined ? { nullCount: 0 } : validity
  switch (kind) {
    case 'text':
      return textColumn(values as (string | null)[], nulls)
    case 'id':
      return makeData({ type: new Utf8(), length, ...nulls, ...textBuffers(values as (string | null)[]) })
    case 'integer':
      return makeData({ type: new Int32(), length, ...nulls, data: integers(values as (number | null)[]) })
    case 'bigint':
    case 'counter':
      return makeData({ type: new Int64(), length, ...nulls, data: bigints(values as (bigint | null)[]) })
    case 'decimal':
      return makeData({ type: new Decimal(4, 20, 128), length, ...nulls, data: decimalWords(values as bigint[]) })
    case 'date':
      return makeData({
        type: new Date_(DateUnit.DAY),
        length,
        ...nulls,
        data: days(values as (string | null)[]),
      })
    case 'instant':
      return makeData({ type: new TimestampMicrosecond('UTC'), length, ...nulls, data: instants(values as string[]) })
    case 'boolean':
      return makeData({ type: new Bool(), length, ...nulls, data: bits(values, (v) => v === true) })
  }
}

function bits(values: readonly Cell[], isSet: (value: Cell) => boolean): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(values.length / 64) * 8)
  for (let i = 0; i < values.length; i++) if (isSet(values[i]!)) bytes[i >> 3]! |= 1 << (i & 7)
  return bytes
}

export function validityOf(values: readonly Cell[]): { nullCount: number; nullBitmap: Uint8Array } | undefined {
  let nullCount = 0
  for (const value of values) if (value === null) nullCount += 1
  return nullCount === 0 ? undefined : { nullCount, nullBitmap: bits(values, (value) => value !== null) }
}

type Nulls = { nullCount: number } | { nullCount: number; nullBitmap: Uint8Array }

/**
 * Two thirds of a sync's columns say the same in every row: those become one entry and a column of zeros, which spares the way
 * into WebAssembly some 700 bytes a row.
 */
function textColumn(values: readonly (string | null)[], nulls: Nulls): Data {
  const { length } = values
  const said = values.find((value) => value !== null) ?? ''
  if (!values.every((value) => value === null || value === said))
    return makeData({ type: new Utf8(), length, ...nulls, ...textBuffers(values) })
  const entry = new Vector([makeData({ type: new Utf8(), length: 1, nullCount: 0, ...textBuffers([said]) })])
  const type = new Dictionary(new Utf8(), new Int32())
  return makeData({ type, length, ...nulls, data: new Int32Array(length), dictionary: entry })
}

function textBuffers(values: readonly (string | null)[]): { valueOffsets: Int32Array; data: Uint8Array } {
  const joined = values.join('')
  const data = Buffer.from(joined, 'utf8')
  // As many bytes as UTF-16 units: all ASCII, so that lengths are known without encoding each value.
  const ascii = data.length === joined.length
  const valueOffsets = new Int32Array(values.length + 1)
  let end = 0
  for (let i = 0; i < values.length; i++) {
    const value = values[i]
    if (value) end += ascii ? value.length : Buffer.byteLength(value, 'utf8')
    valueOffsets[i + 1] = end
  }
  return { valueOffsets, data }
}

/** `from` of a typed array asks the list's iterator, and takes ten times as long. */
function integers(values: readonly (number | null)[]): Int32Array {
  const numbers = new Int32Array(values.length)
  for (let i = 0; i < values.length; i++) numbers[i] = values[i] ?? 0
  return numbers
}

function bigints(values: readonly (bigint | null)[]): BigInt64Array {
  const numbers = new BigInt64Array(values.length)
  for (let i = 0; i < values.length; i++) numbers[i] = values[i] ?? 0n
  return numbers
}

/** Two little-endian 64-bit words per value. */
function decimalWords(values: readonly (bigint | null)[]): Uint32Array {
  const words = new BigInt64Array(values.length * 2)
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0n
    words[2 * i] = BigInt.asIntN(64, value)
    words[2 * i + 1] = BigInt.asIntN(64, value >> 64n)
  }
  return new Uint32Array(words.buffer)
}

const dayMs = 86_400_000

function days(values: readonly (string | null)[]): Int32Array {
  const numbers = new Int32Array(values.length)
  let lastDay: string | null = null
  let last = 0
  for (let i = 0; i < values.length; i++) {
    const day = values[i] ?? null
    // An answer is in the order of its days: each is parsed once.
    if (day !== lastDay) {
      lastDay = day
      last = day === null ? 0 : epochDays(day)
    }
    numbers[i] = last
  }
  return numbers
}

function epochDays(day: string): number {
  const ms = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(ms)) throw new Error(`Found "${day}" where a day YYYY-MM-DD was expected.`)
  return Math.round(ms / dayMs)
}

function instants(values: readonly (string | null)[]): BigInt64Array {
  const micros = new BigInt64Array(values.length)
  let lastText: string | null = null
  let last = 0n
  for (let i = 0; i < values.length; i++) {
    const text = values[i] ?? null
    // A sync's instants repeat down the column: parse each once.
    if (text !== lastText) {
      lastText = text
      last = text === null ? 0n : epochMicros(text)
    }
    micros[i] = last
  }
  return micros
}

function epochMicros(instant: string): bigint {
  const ms = Date.parse(instant)
  if (Number.isNaN(ms)) throw new Error(`Found "${instant}" where an instant in RFC 3339 was expected.`)
  const beyondMs = /\.\d{3}(\d{1,3})/.exec(instant)?.[1] ?? ''
  return BigInt(ms) * 1000n + BigInt(beyondMs.padEnd(3, '0') || '0')
}

export function cellsOf(vector: Vector, kind: ColumnKind): Cell[] {
  if (vector.type instanceof Utf8) return vector.data.flatMap((data) => textCells(data as Data<Utf8>))
  if (kind === 'text' || kind === 'id') return Array.from({ length: vector.length }, (_, i) => vector.get(i) as Cell)
  const read = readers[kind]
  return Array.from({ length: vector.length }, (_, i) => {
    const value: unknown = vector.get(i)
    return value === null ? null : read(value)
  })
}

/** One decoding for the column, then cuts: several times faster than a decoding per value. */
function textCells({ length, valueOffsets, values, nullCount, nullBitmap }: Data<Utf8>): Cell[] {
  const bytes = Buffer.from(values.buffer, values.byteOffset, valueOffsets[length]!)
  const text = bytes.toString('utf8')
  const ascii = text.length === bytes.length
  return Array.from({ length }, (_, i) => {
    if (nullCount > 0 && (nullBitmap[i >> 3]! & (1 << (i & 7))) === 0) return null
    const [from, to] = [valueOffsets[i]!, valueOffsets[i + 1]!]
    return ascii ? text.slice(from, to) : bytes.toString('utf8', from, to)
  })
}

const readers: Record<Exclude<ColumnKind, 'text' | 'id'>, (value: unknown) => Cell> = {
  counter: (value) => BigInt(value as bigint),
  integer: Number,
  bigint: (value) => BigInt(value as bigint),
  decimal: (value) => decimalOf(value as Uint32Array),
  date: (value) => new Date(Number(value)).toISOString().slice(0, 10),
  instant: (value) => new Date(Number(value)).toISOString(),
  boolean: (value) => value === true,
}

function decimalOf(words: Uint32Array): bigint {
  const low = BigInt(words[0]!) | (BigInt(words[1]!) << 32n)
  const high = BigInt(words[2]!) | (BigInt(words[3]!) << 32n)
  return BigInt.asIntN(128, (high << 64n) | low)
}

/**
 * Where hardly two values are equal a dictionary is written in vain. Ids of neighbours share all but their last digits
 * (`ofRow`), which DELTA_BYTE_ARRAY says once.
 */
const encodings: Partial<Record<ColumnKind, keyof typeof Encoding>> = {
  id: 'DELTA_BYTE_ARRAY',
  counter: 'DELTA_BINARY_PACKED',
  integer: 'DELTA_BINARY_PACKED',
}

function propertiesOf(dataset: LakeDataset): WriterProperties {
  const { WriterPropertiesBuilder, Compression, EnabledStatistics, Encoding } = parquet()
  let properties = new WriterPropertiesBuilder()
    .setCompression(Compression.ZSTD)
    .setCreatedBy('personal-finances')
    .setMaxRowGroupSize(rowGroupRows)
    // One entry: several would be written in random order, and equal rows must be equal bytes.
    .setKeyValueMetadata(new Map([['pf.schema', `${dataset.name}/${dataset.version}`]]))
  for (const name of Object.keys(dataset.columns)) {
    const encoding = encodings[declarationOf(dataset, name).kind]
    if (encoding === undefined) continue
    properties = properties.setColumnDictionaryEnabled(name, false).setColumnEncoding(name, Encoding[encoding])
    // No reader skips rows by an id's least and greatest.
    if (declarationOf(dataset, name).kind === 'id')
      properties = properties.setColumnStatisticsEnabled(name, EnabledStatistics.None)
  }
  return properties.build()
}
