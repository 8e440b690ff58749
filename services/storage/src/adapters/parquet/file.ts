import { constants, zstdCompressSync } from 'node:zlib'
import type { ColumnKind } from '../../domain/lake.ts'
import { decimalBytes, type EncodedColumn } from './columns.ts'
import { encoding } from './encodings.ts'
import { type Fields, thrift, type Value } from './thrift.ts'

export type FileColumn = { name: string; kind: ColumnKind; nullable: boolean }
export type RowGroup = { rows: number; columns: readonly EncodedColumn[] }

type Chunk = { metadata: Fields; compressed: number; uncompressed: number }
type WrittenGroup = { rows: number; chunks: readonly Chunk[] }

/**
 * A Parquet file (format 2.x, data pages of version 1, zstd): https://github.com/apache/parquet-format. Row groups are taken
 * one after another, so that no more than one of them stands in memory beside the compressed bytes. Equal rows are equal bytes.
 */
export function parquetFile(
  columns: readonly FileColumn[],
  groups: Iterable<RowGroup>,
  metadata: { key: string; value: string },
): Uint8Array {
  const magic = Buffer.from('PAR1')
  const parts: Uint8Array[] = [magic]
  let offset = magic.length
  const written: WrittenGroup[] = []
  for (const { rows, columns: encoded } of groups) {
    const chunks = encoded.map((column, at) => {
      const chunk = writeChunk(columns[at]!, column, offset)
      parts.push(...chunk.parts)
      offset += chunk.compressed
      return chunk
    })
    written.push({ rows, chunks })
  }
  const footer = thrift(fileMetadata(columns, written, metadata))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(footer.length)
  return new Uint8Array(Buffer.concat([...parts, footer, length, magic]))
}

/** Numbers of `Type` in parquet.thrift. */
const physical = { boolean: 0, int32: 1, int64: 2, byteArray: 6, fixed: 7 } as const
const pageType = { data: 0, dictionary: 2 } as const
const zstd = 6

const i32 = (value: number): Value => ({ i32: value })
const i64 = (value: number): Value => ({ i64: value })
const struct = (...fields: Fields): Value => ({ struct: fields })

function writeChunk(column: FileColumn, encoded: EncodedColumn, offset: number): Chunk & { parts: Uint8Array[] } {
  const { dictionary, levels, values } = encoded
  const pages = [
    ...(dictionary === undefined ? [] : [dictionaryPage(dictionary.count, dictionary.bytes)]),
    dataPage(encoded, Buffer.concat([levels, values])),
  ]
  const compressed = pages.reduce((sum, { header, body }) => sum + header.length + body.length, 0)
  const uncompressed = pages.reduce((sum, { header, plainBytes }) => sum + header.length + plainBytes, 0)
  const [first] = pages
  const dataOffset = dictionary === undefined ? offset : offset + first!.header.length + first!.body.length
  const used = [...new Set([encoded.encoding, encoding.rle, ...(dictionary === undefined ? [] : [encoding.plain])])]
  const metadata: Fields = [
    [1, i32(typeOf[column.kind].type)],
    [2, { list: used.map(i32) }],
    [3, { list: [{ binary: column.name }] }],
    [4, i32(zstd)],
    [5, i64(encoded.count)],
    [6, i64(uncompressed)],
    [7, i64(compressed)],
    [9, i64(dataOffset)],
    [11, dictionary === undefined ? undefined : i64(offset)],
    [12, statistics(encoded)],
  ]
  return { metadata, compressed, uncompressed, parts: pages.flatMap(({ header, body }) => [header, body]) }
}

function statistics({ nullCount, bounds }: EncodedColumn): Value {
  return struct([3, i64(nullCount)], [5, bounds && { binary: bounds.max }], [6, bounds && { binary: bounds.min }])
}

type Page = { header: Uint8Array; body: Uint8Array; plainBytes: number }

/** Level 1: 3 takes twice the time for one part in thirty; most bytes are ids, which nothing makes smaller. */
const compression = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

function pageOf(plain: Uint8Array, type: number, details: Fields[number]): Page {
  const body = zstdCompressSync(plain, compression)
  const header = thrift([[1, i32(type)], [2, i32(plain.length)], [3, i32(body.length)], details])
  return { header, body, plainBytes: plain.length }
}

const dictionaryPage = (count: number, bytes: Uint8Array): Page =>
  pageOf(bytes, pageType.dictionary, [7, struct([1, i32(count)], [2, i32(encoding.plain)])])

const dataPage = ({ count, encoding: used }: EncodedColumn, bytes: Uint8Array): Page =>
  pageOf(bytes, pageType.data, [
    5,
    struct([1, i32(count)], [2, i32(used)], [3, i32(encoding.rle)], [4, i32(encoding.rle)]),
  ])

function fileMetadata(
  columns: readonly FileColumn[],
  groups: readonly WrittenGroup[],
  { key, value }: { key: string; value: string },
): Fields {
  const root = struct([4, { binary: 'schema' }], [5, i32(columns.length)])
  return [
    [1, i32(2)],
    [2, { list: [root, ...columns.map((column) => struct(...schemaOf(column)))] }],
    [3, i64(groups.reduce((sum, { rows }) => sum + rows, 0))],
    [4, { list: groups.map(rowGroup) }],
    [5, { list: [struct([1, { binary: key }], [2, { binary: value }])] }],
    [6, { binary: 'personal-finances' }],
    // Bounds are in the order of each column's own type.
    [7, { list: columns.map(() => struct([1, struct()])) }],
  ]
}

function rowGroup({ rows, chunks }: WrittenGroup): Value {
  const sum = (of: 'compressed' | 'uncompressed') => chunks.reduce((total, chunk) => total + chunk[of], 0)
  return struct(
    [1, { list: chunks.map(({ metadata }) => struct([2, i64(0)], [3, { struct: metadata }])) }],
    [2, i64(sum('uncompressed'))],
    [3, i64(rows)],
    [6, i64(sum('compressed'))],
  )
}

/** `converted` and `logical`: what the value means, in the words of old and of new readers. */
const typeOf: Record<ColumnKind, { type: number; length?: number; converted?: number; logical?: Fields }> = {
  text: { type: physical.byteArray, converted: 0, logical: [[1, struct()]] },
  id: { type: physical.byteArray, converted: 0, logical: [[1, struct()]] },
  boolean: { type: physical.boolean },
  integer: { type: physical.int32 },
  counter: { type: physical.int64 },
  bigint: { type: physical.int64 },
  decimal: {
    type: physical.fixed,
    length: decimalBytes,
    converted: 5,
    logical: [[5, struct([1, i32(4)], [2, i32(20)])]],
  },
  date: { type: physical.int32, converted: 6, logical: [[6, struct()]] },
  instant: {
    type: physical.int64,
    converted: 10,
    logical: [[8, struct([1, { bool: true }], [2, struct([2, struct()])])]],
  },
}

function schemaOf({ name, kind, nullable }: FileColumn): Fields {
  const { type, length, converted, logical } = typeOf[kind]
  const decimal = kind === 'decimal'
  return [
    [1, i32(type)],
    [2, length === undefined ? undefined : i32(length)],
    [3, i32(nullable ? 1 : 0)],
    [4, { binary: name }],
    [6, converted === undefined ? undefined : i32(converted)],
    [7, decimal ? i32(4) : undefined],
    [8, decimal ? i32(20) : undefined],
    [10, logical === undefined ? undefined : { struct: logical }],
  ]
}
