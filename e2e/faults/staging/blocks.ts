import { cpSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * The files in which nats-server keeps the messages of a stream (filestore.go, msgFromBuf): record after record of length
 * (4 bytes, the highest bit says that headers follow), sequence (8), time (8), length of the subject (2), subject, headers,
 * body and checksum. Only for a broker that is stopped.
 */
const lengthBytes = 4
const fixedBytes = 22

const blocksIn = (store: string): string[] => {
  const folder = join(store, 'jetstream', '$G', 'streams', 'EVT_CONNECTION', 'msgs')
  const names = readdirSync(folder).filter((name) => name.endsWith('.blk'))
  return names.sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)).map((name) => join(folder, name))
}

type Found = { file: string; at: number; length: number }

function findMessage(store: string, seq: number): Found {
  for (const file of blocksIn(store)) {
    const bytes = readFileSync(file)
    for (let at = 0; at + fixedBytes <= bytes.length; ) {
      const length = bytes.readUInt32LE(at) & 0x7fffffff
      if (length < fixedBytes) break
      if (Number(bytes.readBigUInt64LE(at + lengthBytes)) === seq) return { file, at, length }
      at += length
    }
  }
  throw new Error(`No block of ${store} holds a message of sequence ${seq}.`)
}

/** Flips one bit of a message, where `fraction` (0 ≤ x < 1) says, behind the length of its record. */
export function flipBit(store: string, seq: number, fraction: number): void {
  const { file, at, length } = findMessage(store, seq)
  const bytes = readFileSync(file)
  const bit = Math.floor(fraction * (length - lengthBytes) * 8)
  const place = at + lengthBytes + Math.floor(bit / 8)
  bytes.writeUInt8(bytes.readUInt8(place) ^ (1 << (bit % 8)), place)
  writeFileSync(file, bytes)
}

/** Cuts the last bytes off the newest block, as a crash leaves it: what only sums the blocks up (index.db) is not there yet. */
export function cutTail(store: string, bytes: number): void {
  const last = blocksIn(store).at(-1)
  if (last === undefined) throw new Error(`${store} holds no blocks.`)
  rmSync(join(dirname(last), 'index.db'), { force: true })
  truncateSync(last, Math.max(0, statSync(last).size - bytes))
}

/** The whole store as it stands, in a folder of its own. */
export function copyStore(store: string, to: string): void {
  cpSync(store, to, { recursive: true })
}

export function restoreStore(copy: string, store: string): void {
  rmSync(store, { recursive: true })
  cpSync(copy, store, { recursive: true })
}
