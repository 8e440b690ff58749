import { hash } from 'node:crypto'

/** SHA-256 in hex. */
export const sha256 = (said: string | Uint8Array): string => hash('sha256', said, 'hex')

/** A SHA-256 in hex as a UUID (version 8, RFC 9562). */
export function uuidOfDigest(hex: string): string {
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ].join('-')
}

/** The same UUID for the same parts: what is repeated, or seen first by another replica, mints nothing new. */
export const derivedUuid = (...parts: readonly string[]): string => uuidOfDigest(sha256(JSON.stringify(parts)))
