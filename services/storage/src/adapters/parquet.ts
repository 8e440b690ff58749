import { type Data, tableFromIPC, type Utf8, type Vector } from 'apache-arrow'
import * as parquet from 'parquet-wasm'
import type { ColumnKind, Columns, LakeDataset, RowOf } from '../domain/lake.ts'
import { type Cell, encodeColumn } from './parquet/columns.ts'
import { type FileColumn, parquetFile, type RowGroup } from './parquet/file.ts'

/** Enough for compression, and few enough that an engine reads a large file with several threads. */
const rowGroupRows = 65_536

/**
 * Rows → Parquet (zstd), written by ourselves: what a sync repeats in every row costs nothing, no copy goes through Arrow and
 * WebAssembly, whose memory never shrinks, and equal rows are equal bytes (docs/performance.md).
 */
export function writeParquet<C extends Columns>(
  dataset: LakeDataset<C>,
  rows: readonly RowOf<LakeDataset<C>>[],
): Uint8Array {
  const columns = Object.keys(dataset.columns).map((name) => ({ name, ...declarationOf(dataset, name) }))
  const metadata = { key: 'pf.schema', value: `${dataset.name}/${dataset.version}` }
  return parquetFile(columns, rowGroups(dataset.name, columns, rows as readonly Record<string, Cell>[]), metadata)
}

function* rowGroups(
  dataset: string,
  columns: readonly FileColumn[],
  rows: readonly Record<string, Cell>[],
): Iterable<RowGroup> {
  for (let from = 0; from < rows.length; from += rowGroupRows) {
    const group = rows.slice(from, from + rowGroupRows)
    yield {
      rows: group.length,
      columns: columns.map(({ name, kind, nullable }) =>
        encodeColumn(
          kind,
          nullable,
          group.map((row) => row[name] ?? null),
          `${dataset}.${name}`,
        ),
      ),
    }
  }
}

/** The rows of a file, of the given columns alone where they are named. */
export function readParquet<C extends Columns, N extends keyof C & string = keyof C & string>(
  dataset: LakeDataset<C>,
  bytes: Uint8Array,
  names: readonly N[] = Object.keys(dataset.columns) as N[],
): Pick<RowOf<LakeDataset<C>>, N>[] {
  const table = tableFromIPC(parquet.readParquet(bytes, { columns: [...names], batchSize: 65_536 }).intoIPCStream())
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

function declarationOf(dataset: LakeDataset, name: string): { kind: ColumnKind; nullable: boolean } {
  const declaration = dataset.columns[name]
  if (declaration === undefined) throw new Error(`Dataset ${dataset.name} has no column ${name}.`)
  const nullable = declaration.endsWith('?')
  return { kind: (nullable ? declaration.slice(0, -1) : declaration) as ColumnKind, nullable }
}

function cellsOf(vector: Vector, kind: ColumnKind): Cell[] {
  if (kind === 'text' || kind === 'id') return vector.data.flatMap((data) => textCells(data as Data<Utf8>))
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
