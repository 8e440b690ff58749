import { createHash } from 'node:crypto'

/**
 * A UUID (version 8, RFC 9562) made of what it names, so that a retry mints the same: SHA-256 over the parts, each
 * closed by a zero byte so that ('ab','c') and ('a','bc') differ.
 */
export function derivedId(...parts: readonly (string | number)[]): string {
  const bytes = createHash('sha256')
    .update(`${parts.join('\0')}\0`)
    .digest()
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  const hex = bytes.toString('hex', 0, 16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
