import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import type { Random } from './ports.ts'
import { SealBroken } from './refusals.ts'

export const keyBytes = 32
export const nonceBytes = 12
export const tagBytes = 16
const formatVersion = 1
const overhead = 1 + nonceBytes + tagBytes

/** HKDF-SHA-256 of a uniformly random root, so without a salt (RFC 5869 §3.1); `purpose` separates the keys. */
export function deriveKey(root: Uint8Array, purpose: string): KeyObject {
  const derived = hkdfSync('sha256', root, new Uint8Array(0), `personal-finances/${purpose}`, keyBytes)
  // As an object it is made ready once: with bytes that takes twice as long as sealing a small body.
  return createSecretKey(new Uint8Array(derived))
}

/** AES-256-GCM: version (1 byte) | nonce (12) | ciphertext | tag (16). */
export function sealBytes(key: KeyObject, plain: Uint8Array, aad: string, random: Random): Uint8Array {
  const nonce = random.bytes(nonceBytes)
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  cipher.setAAD(Buffer.from(aad))
  const body = cipher.update(plain)
  cipher.final()
  return new Uint8Array(Buffer.concat([Buffer.of(formatVersion), nonce, body, cipher.getAuthTag()]))
}

/** Throws SealBroken; `what` names the thing in its message (an id, never a value). */
export function openBytes(key: KeyObject, sealed: Uint8Array, aad: string, what: string): Uint8Array {
  if (sealed.length < overhead || sealed[0] !== formatVersion) throw new SealBroken(what)
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, 1 + nonceBytes))
  decipher.setAAD(Buffer.from(aad))
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
  try {
    const plain = decipher.update(sealed.subarray(1 + nonceBytes, sealed.length - tagBytes))
    decipher.final()
    return new Uint8Array(plain.buffer, plain.byteOffset, plain.byteLength)
  } catch (cause) {
    throw new SealBroken(what, cause)
  }
}
