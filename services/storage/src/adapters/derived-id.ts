import { sha256, uuidOfDigest } from '@pf/eventing'

/**
 * A UUID (version 8, RFC 9562) made of what it names, so that a retry mints the same: SHA-256 over the parts, each
 * closed by a zero byte so that ('ab','c') and ('a','bc') differ.
 */
export function derivedId(...parts: readonly (string | number)[]): string {
  const said = `${parts.join('\0')}\0`
  const kind = String(parts[0])
  const known = last.get(kind)
  if (known?.said === said) return known.id
  const id = uuidOfDigest(sha256(said))
  last.set(kind, { said, id })
  return id
}

/** By first part: an answer asks for the same again for each of its rows. A handful of kinds. */
const last = new Map<string, { said: string; id: string }>()
