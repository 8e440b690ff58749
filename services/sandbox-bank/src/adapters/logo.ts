import { crc32, deflateSync } from 'node:zlib'

const size = 96
const tiles = 4

/** A made-up bank's made-up logo, always the same for an id: light tiles on a colour, the left half mirrored. PNG. */
export function drawLogo(id: string): Uint8Array {
  const seed = crc32(id)
  const hue = [0, 8, 16].map((shift) => 40 + ((seed >>> shift) & 0x7f))
  const rows: Buffer[] = []
  for (let y = 0; y < size; y++) {
    const row = Buffer.alloc(1 + size * 3)
    for (let x = 0; x < size; x++) {
      const isLight = lightAt(seed, x, y)
      for (const channel of [0, 1, 2]) row[1 + x * 3 + channel] = isLight ? 245 : (hue[channel] ?? 0)
    }
    rows.push(row)
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(size, 0)
  head.writeUInt32BE(size, 4)
  // Eight bits each of red, green and blue.
  head.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', head), chunk('IDAT', deflateSync(Buffer.concat(rows))), chunk('IEND')])
}

function lightAt(seed: number, x: number, y: number): boolean {
  const margin = size / 6
  const [column, row] = [x, y].map((at) => Math.floor(((at - margin) / (size - 2 * margin)) * tiles)) as [
    number,
    number,
  ]
  if (column < 0 || row < 0 || column >= tiles || row >= tiles) return false
  const mirrored = Math.min(column, tiles - 1 - column)
  // The first tile is always there: a logo of nothing is none.
  return mirrored + row === 0 || ((seed >>> (mirrored * tiles + row)) & 1) === 1
}

function chunk(type: string, data: Buffer = Buffer.alloc(0)): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(data.length)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}
