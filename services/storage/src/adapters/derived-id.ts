import { hash } from 'node:crypto'

/**
 * A UUID (version 8, RFC 9562) made of what it names, so that a retry mints the same: SHA-256 over the parts, each
 * closed by a zero byte so that ('ab','c') and ('a','bc') differ.
 */
export function derivedId(...parts: readonly (string | number)[]): string {
  const hex = hash('sha256', `${parts.join('\0')}\0`, 'hex')
  const variant = ((Number.parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
