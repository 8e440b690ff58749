/** The wire types of Thrift's compact protocol that Parquet's metadata is made of. */
const wire = { true: 1, false: 2, byte: 3, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const

/** A struct's fields by their numbers, in rising order; what is undefined is left out. */
export type Fields = readonly (readonly [id: number, value: Value | undefined])[]
export type Value =
  | { readonly i32: number }
  | { readonly i64: number }
  | { readonly byte: number }
  | { readonly bool: boolean }
  | { readonly binary: string | Uint8Array }
  | { readonly struct: Fields }
  | { readonly list: readonly Value[] }

/** Thrift's compact protocol, writing only: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */
export function thrift(fields: Fields): Uint8Array {
  const out: number[] = []
  writeStruct(out, fields)
  return Uint8Array.from(out)
}

function writeStruct(out: number[], fields: Fields): void {
  let last = 0
  for (const [id, value] of fields) {
    if (value === undefined) continue
    // All of Parquet's field numbers are less than 15 apart.
    out.push(((id - last) << 4) | wireOf(value))
    last = id
    writeValue(out, value)
  }
  out.push(0)
}

function wireOf(value: Value): number {
  if ('bool' in value) return value.bool ? wire.true : wire.false
  const [kind] = Object.keys(value) as (keyof typeof wire)[]
  return wire[kind!]
}

function writeValue(out: number[], value: Value): void {
  if ('i32' in value) writeVarint(out, zigzag(value.i32))
  else if ('i64' in value) writeVarint(out, zigzag(value.i64))
  else if ('byte' in value) out.push(value.byte)
  else if ('struct' in value) writeStruct(out, value.struct)
  else if ('list' in value) writeList(out, value.list)
  else if ('binary' in value) {
    const bytes = typeof value.binary === 'string' ? Buffer.from(value.binary, 'utf8') : value.binary
    writeVarint(out, bytes.length)
    for (const byte of bytes) out.push(byte)
  }
}

function writeList(out: number[], values: readonly Value[]): void {
  const type = values[0] === undefined ? wire.struct : wireOf(values[0])
  if (values.length < 15) out.push((values.length << 4) | type)
  else {
    out.push(0xf0 | type)
    writeVarint(out, values.length)
  }
  for (const value of values) writeValue(out, value)
}

/** Without shifts, so that it holds beyond 32 bits; exact to 2^52. */
export const zigzag = (value: number): number => (value < 0 ? -value * 2 - 1 : value * 2)

/** Seven bits a byte, the least first. */
export function writeVarint(out: number[], value: number): void {
  let rest = value
  while (rest >= 0x80) {
    out.push((rest % 0x80) | 0x80)
    rest = Math.floor(rest / 0x80)
  }
  out.push(rest)
}
