import { type Context, contexts, refuse } from '@pf/contracts'

/** A point of the log, by context the sequence of its stream. Opaque to who carries it: print it, hand it back. */
export type Position = Partial<Record<Context, number>>

export function encodePosition(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** Throws DomainError `invalid_input`: a position comes back from outside. */
export function decodePosition(position: string): Position {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(position, 'base64url').toString())
    if (isPosition(parsed)) return parsed
  } catch {
    // Whatever is wrong with it, the answer is the same.
  }
  throw refuse(
    'invalid_input',
    'The log position is not one that we handed out; send the value of Log-Position as it was.',
  )
}

function isPosition(value: unknown): value is Position {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.entries(value).every(
      ([context, seq]) => contexts.some((known) => known === context) && Number.isSafeInteger(seq) && seq >= 0,
    )
  )
}
