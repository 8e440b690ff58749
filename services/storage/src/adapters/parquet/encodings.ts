import { writeVarint, zigzag } from './thrift.ts'

/** Numbers of `Encoding` in parquet.thrift. */
export const encoding = {
  plain: 0,
  rle: 3,
  deltaBinaryPacked: 5,
  deltaLengthByteArray: 6,
  rleDictionary: 8,
} as const
export type EncodingId = (typeof encoding)[keyof typeof encoding]

/**
 * Parquet's RLE / bit-packed hybrid: a run of eight or more equal values is told once, all else in groups of eight. A
 * column that says the same in every row takes three bytes.
 */
export function hybrid(values: Uint32Array, width: number): Uint8Array {
  const out: number[] = []
  let literalsFrom = 0
  for (let at = 0; at < values.length; ) {
    const run = runAt(values, at)
    const toWholeGroup = (8 - ((at - literalsFrom) % 8)) % 8
    if (run - toWholeGroup >= 8) {
      pushGroups(out, values, literalsFrom, at + toWholeGroup, width)
      writeVarint(out, (run - toWholeGroup) * 2)
      for (let byte = 0; byte < Math.ceil(width / 8); byte++) out.push((values[at]! >>> (8 * byte)) & 0xff)
      literalsFrom = at + run
    }
    at += run
  }
  pushGroups(out, values, literalsFrom, values.length, width)
  return Uint8Array.from(out)
}

function runAt(values: Uint32Array, from: number): number {
  let at = from + 1
  while (at < values.length && values[at] === values[from]) at++
  return at - from
}

/** The last group may be short: it is filled with zeros. */
function pushGroups(out: number[], values: Uint32Array, from: number, to: number, width: number): void {
  if (from === to) return
  const groups = Math.ceil((to - from) / 8)
  writeVarint(out, groups * 2 + 1)
  packBits(out, (at) => (from + at < to ? values[from + at]! : 0), groups * 8, width)
}

/** `count` values of `width` bits, at most 32, the least significant bit first; `count` is a multiple of eight. */
function packBits(out: number[], valueAt: (at: number) => number, count: number, width: number): void {
  let byte = 0
  let filled = 0
  for (let at = 0; at < count; at++) {
    let value = valueAt(at)
    for (let left = width; left > 0; ) {
      const taken = Math.min(left, 8 - filled)
      byte |= (value & ((1 << taken) - 1)) << filled
      value >>>= taken
      filled += taken
      left -= taken
      if (filled === 8) {
        out.push(byte)
        byte = 0
        filled = 0
      }
    }
  }
}

const blockValues = 128
const miniblocks = 4
const miniblockValues = blockValues / miniblocks

/**
 * DELTA_BINARY_PACKED: rows that count up take hardly anything. Undefined where two neighbours are further apart than 31
 * bits tell, or a value is beyond what a number holds.
 */
export function deltas(values: readonly number[]): Uint8Array | undefined {
  const out: number[] = []
  writeVarint(out, blockValues)
  writeVarint(out, miniblocks)
  writeVarint(out, values.length)
  const [first = 0] = values
  if (Math.abs(first) > 2 ** 51) return undefined
  writeVarint(out, zigzag(first))
  for (let from = 1; from < values.length; from += blockValues) {
    const block: number[] = []
    for (let at = from; at < Math.min(from + blockValues, values.length); at++) {
      const delta = values[at]! - values[at - 1]!
      if (Math.abs(delta) > 0x3fff_ffff) return undefined
      block.push(delta)
    }
    pushBlock(out, block)
  }
  return Uint8Array.from(out)
}

function pushBlock(out: number[], block: readonly number[]): void {
  const least = Math.min(...block)
  writeVarint(out, zigzag(least))
  const starts = Array.from({ length: miniblocks }, (_, n) => n * miniblockValues)
  const widths = starts.map((start) => {
    const most = Math.max(0, ...block.slice(start, start + miniblockValues).map((delta) => delta - least))
    return 32 - Math.clz32(most)
  })
  out.push(...widths)
  for (const [n, start] of starts.entries()) {
    if (start >= block.length) break
    const valueAt = (at: number) => (start + at < block.length ? block[start + at]! - least : 0)
    packBits(out, valueAt, miniblockValues, widths[n]!)
  }
}

/** DELTA_LENGTH_BYTE_ARRAY: all lengths, then all texts; a dictionary is in vain where hardly two are equal. */
export function textsAfterLengths(texts: readonly string[]): Uint8Array {
  const { bytes, lengths } = utf8Of(texts)
  // Lengths are far below 31 bits.
  return Buffer.concat([deltas(lengths)!, bytes])
}

/** PLAIN: each text after its length. */
export function plainTexts(texts: readonly string[]): Uint8Array {
  const { bytes, lengths } = utf8Of(texts)
  const out = Buffer.allocUnsafe(bytes.length + 4 * texts.length)
  let from = 0
  let to = 0
  for (const length of lengths) {
    to = out.writeUInt32LE(length, to)
    bytes.copy(out, to, from, from + length)
    from += length
    to += length
  }
  return out
}

/** One encoding for the column: as many bytes as UTF-16 units means all ASCII, whose lengths are known. */
function utf8Of(texts: readonly string[]): { bytes: Buffer; lengths: number[] } {
  const joined = texts.join('')
  const bytes = Buffer.from(joined, 'utf8')
  const ascii = bytes.length === joined.length
  return { bytes, lengths: texts.map((text) => (ascii ? text.length : Buffer.byteLength(text, 'utf8'))) }
}
