import { sha256, uuidOfDigest } from '@pf/eventing'

/**
 * A UUID (version 8, RFC 9562) made of what it names, so that a retry mints the same: SHA-256 over the parts, each
 * closed by a zero byte so that ('ab','c') and ('a','bc') differ.
 */
export function derivedId(...parts: readonly (string | number)[]): string {
  return uuidOfDigest(sha256(`${parts.join('\0')}\0`))
}
