import type { KeyObject } from 'node:crypto'
import { promisify } from 'node:util'
import { zstdCompress, zstdCompressSync, zstdDecompress, zstdDecompressSync } from 'node:zlib'
import type { Random } from './ports.ts'
import { SealBroken } from './refusals.ts'
import { nonceBytes, openBytes, sealBytes, tagBytes } from './seal.ts'

const onPool = { compress: promisify(zstdCompress), decompress: promisify(zstdDecompress) }
/** A day's answer is done in less time than the way to a thread and back takes; packed it is about a tenth of that. */
const smallBytes = 64 * 1024
const compress = async (plain: Uint8Array) =>
  plain.length <= smallBytes ? zstdCompressSync(plain) : onPool.compress(plain)
const decompress = async (packed: Uint8Array) =>
  packed.length <= smallBytes / 8 ? zstdDecompressSync(packed) : onPool.decompress(packed)

const magic = Buffer.from('PFO1')
const frameBytes = 1024 * 1024
const sealedFrameBytes = 1 + nonceBytes + frameBytes + tagBytes
const saltBytes = 16

/** A frame counts only in its object (salt), at its number, and the last one only as the last. */
function frameAad(keyId: string, salt: Uint8Array, frame: number, last: boolean): string {
  return `${keyId}|${Buffer.from(salt).toString('hex')}|${frame}|${last ? 'last' : 'more'}`
}

/**
 * `PFO1` | key id's length (1 byte) | key id | salt (16) | sealed frames of 1 MiB of the zstd stream, the last one shorter.
 * Compression of what is large runs on Node's thread pool.
 */
export async function sealObject(
  key: { id: string; bytes: KeyObject },
  plain: Uint8Array,
  random: Random,
): Promise<Uint8Array> {
  const packed = await compress(plain)
  const salt = random.bytes(saltBytes)
  const id = Buffer.from(key.id)
  const parts: Uint8Array[] = [magic, Buffer.of(id.length), id, salt]
  const frames = Math.ceil(packed.length / frameBytes)
  for (let frame = 0; frame < frames; frame++) {
    const piece = packed.subarray(frame * frameBytes, (frame + 1) * frameBytes)
    parts.push(sealBytes(key.bytes, piece, frameAad(key.id, salt, frame, frame === frames - 1), random))
  }
  return new Uint8Array(Buffer.concat(parts))
}

/** Which key an object was sealed under. Throws SealBroken where it is no sealed object. */
export function keyIdOf(sealed: Uint8Array): string {
  const id = sealed.subarray(magic.length + 1, magic.length + 1 + (sealed[magic.length] ?? 0))
  if (!magic.equals(sealed.subarray(0, magic.length)) || id.length === 0) throw new SealBroken('An object')
  return Buffer.from(id).toString()
}

/** Throws SealBroken where a frame was altered, left out, added or moved. */
export async function openObject(key: { id: string; bytes: KeyObject }, sealed: Uint8Array): Promise<Uint8Array> {
  const saltAt = magic.length + 1 + Buffer.byteLength(key.id)
  const salt = sealed.subarray(saltAt, saltAt + saltBytes)
  const body = sealed.subarray(saltAt + saltBytes)
  const frames = Math.ceil(body.length / sealedFrameBytes)
  if (frames === 0) throw new SealBroken(`An object under key ${key.id}`)
  const pieces: Uint8Array[] = []
  for (let frame = 0; frame < frames; frame++) {
    const piece = body.subarray(frame * sealedFrameBytes, (frame + 1) * sealedFrameBytes)
    const aad = frameAad(key.id, salt, frame, frame === frames - 1)
    pieces.push(openBytes(key.bytes, piece, aad, `Frame ${frame} of an object under key ${key.id}`))
  }
  const plain = await decompress(Buffer.concat(pieces))
  return new Uint8Array(plain.buffer, plain.byteOffset, plain.byteLength)
}
