import type { ColumnKind } from '../../domain/lake.ts'
import { deltas, type EncodingId, encoding, hybrid, plainTexts, textsAfterLengths } from './encodings.ts'

export type Cell = string | number | bigint | boolean | null

/** Of the present values, as PLAIN writes one; for skipping row groups. */
export type Bounds = { min: Uint8Array; max: Uint8Array }

/** One column of a row group, before compression. */
export type EncodedColumn = {
  count: number
  nullCount: number
  /** Which rows have a value, where they need not; with its length before it, as data pages of version 1 have it. */
  levels: Uint8Array
  dictionary?: { count: number; bytes: Uint8Array }
  encoding: EncodingId
  values: Uint8Array
  bounds?: Bounds
}

/** `name` stands in the error for a value that may not be null or is none of its kind. */
export function encodeColumn(kind: ColumnKind, nullable: boolean, cells: readonly Cell[], name: string): EncodedColumn {
  let nullCount = 0
  for (const cell of cells) if (cell === null) nullCount++
  if (nullCount > 0 && !nullable) throw new Error(`Column ${name} may not be null.`)
  const present = nullCount === 0 ? cells : cells.filter((cell) => cell !== null)
  return {
    count: cells.length,
    nullCount,
    levels: nullable ? levelsOf(cells) : new Uint8Array(),
    ...encoders[kind](present),
  }
}

function levelsOf(cells: readonly Cell[]): Uint8Array {
  const levels = new Uint32Array(cells.length)
  for (let at = 0; at < cells.length; at++) levels[at] = cells[at] === null ? 0 : 1
  const runs = hybrid(levels, 1)
  const length = Buffer.alloc(4)
  length.writeUInt32LE(runs.length)
  return Buffer.concat([length, runs])
}

type EncodedValues = Pick<EncodedColumn, 'dictionary' | 'encoding' | 'values' | 'bounds'>
type Plain<T extends Cell> = (values: readonly T[]) => Uint8Array

const encoders: Record<ColumnKind, (values: readonly Cell[]) => EncodedValues> = {
  text: (values) =>
    byDictionary(values as string[], plainTexts) ?? {
      encoding: encoding.deltaLengthByteArray,
      values: textsAfterLengths(values as string[]),
    },
  id: (values) => ({ encoding: encoding.deltaLengthByteArray, values: textsAfterLengths(values as string[]) }),
  boolean: (values) => ({ encoding: encoding.plain, values: plainBooleans(values as boolean[]) }),
  integer: (values) => counted(values as number[], plainInt32),
  counter: (values) => counted((values as bigint[]).map(Number), () => plainInt64(values as bigint[])),
  bigint: (values) => withBounds(values as bigint[], plainInt64),
  decimal: (values) => ({ encoding: encoding.plain, values: plainDecimals(values as bigint[]) }),
  date: (values) => byText(values as string[], epochDays, plainInt32),
  instant: (values) => byText(values as string[], epochMicros, plainInt64),
}

/** Each value once, and which of them stands where. Undefined where more than half of them differ: it would be in vain. */
function byDictionary<T extends Cell>(values: readonly T[], plain: Plain<T>): EncodedValues | undefined {
  const places = new Map<T, number>()
  const indexes = new Uint32Array(values.length)
  const most = Math.max(16, values.length / 2)
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!
    let place = places.get(value)
    if (place === undefined) {
      place = places.size
      if (place >= most) return undefined
      places.set(value, place)
    }
    indexes[at] = place
  }
  if (places.size === 0) return undefined
  const width = Math.max(1, 32 - Math.clz32(places.size - 1))
  return {
    dictionary: { count: places.size, bytes: plain([...places.keys()]) },
    encoding: encoding.rleDictionary,
    values: Buffer.concat([Uint8Array.of(width), hybrid(indexes, width)]),
  }
}

/** Days and instants repeat down a column: each is parsed once. */
function byText<T extends number | bigint>(
  texts: readonly string[],
  parse: (text: string) => T,
  plain: Plain<T>,
): EncodedValues {
  const known = new Map<string, T>()
  const values = texts.map((text) => {
    let value = known.get(text)
    if (value === undefined) {
      value = parse(text)
      known.set(text, value)
    }
    return value
  })
  const encoded = byDictionary(values, plain) ?? { encoding: encoding.plain, values: plain(values) }
  return { ...encoded, ...boundsOf([...known.values()], plain) }
}

const withBounds = <T extends number | bigint>(values: readonly T[], plain: Plain<T>): EncodedValues => ({
  encoding: encoding.plain,
  values: plain(values),
  ...boundsOf(values, plain),
})

function boundsOf<T extends number | bigint>(values: readonly T[], plain: Plain<T>): { bounds?: Bounds } {
  const [first] = values
  if (first === undefined) return {}
  let min: T = first
  let max: T = first
  for (const value of values) {
    if (value < min) min = value
    if (value > max) max = value
  }
  return { bounds: { min: plain([min]), max: plain([max]) } }
}

function counted(values: readonly number[], plain: Plain<number>): EncodedValues {
  const packed = deltas(values)
  return packed === undefined
    ? { encoding: encoding.plain, values: plain(values) }
    : { encoding: encoding.deltaBinaryPacked, values: packed }
}

const plainInt32 = (values: readonly number[]): Uint8Array => bytesOf(Int32Array.from(values))
const plainInt64 = (values: readonly bigint[]): Uint8Array => bytesOf(BigInt64Array.from(values))

/** Typed arrays are little-endian as Parquet is, on every machine that Node runs on. */
const bytesOf = ({ buffer, byteOffset, byteLength }: Int32Array | BigInt64Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)

function plainBooleans(values: readonly boolean[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(values.length / 8))
  for (let at = 0; at < values.length; at++) if (values[at]) bytes[at >> 3]! |= 1 << (at & 7)
  return bytes
}

/** Twenty digits need nine bytes, of two's complement, the most significant first. */
export const decimalBytes = 9

function plainDecimals(values: readonly bigint[]): Uint8Array {
  const bytes = new Uint8Array(values.length * decimalBytes)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!
    const sign = value < 0n ? 0xff : 0
    const fits = value <= 0x7fff_ffff_ffff_ffffn && value >= -0x8000_0000_0000_0000n
    bytes[at * decimalBytes] = fits ? sign : Number(BigInt.asUintN(8, value >> 64n))
    view.setBigInt64(at * decimalBytes + 1, fits ? value : BigInt.asIntN(64, value))
  }
  return bytes
}

const dayMs = 86_400_000

function epochDays(day: string): number {
  const ms = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(ms)) throw new Error(`Found "${day}" where a day YYYY-MM-DD was expected.`)
  return Math.round(ms / dayMs)
}

function epochMicros(instant: string): bigint {
  const ms = Date.parse(instant)
  if (Number.isNaN(ms)) throw new Error(`Found "${instant}" where an instant in RFC 3339 was expected.`)
  const beyondMs = /\.\d{3}(\d{1,3})/.exec(instant)?.[1] ?? ''
  return BigInt(ms) * 1000n + BigInt(beyondMs.padEnd(3, '0') || '0')
}
