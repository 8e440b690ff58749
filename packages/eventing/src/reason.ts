import { DomainError } from '@pf/contracts'
import { EventInvalid } from './declared-events.ts'
import { LogBroken } from './envelope.ts'
import { KeyMissing, SealBroken } from './ports.ts'
import { RowInvalid } from './rows.ts'

/** Their words are ours: they name types, places and ids, never a value. */
const plain = [EventInvalid, LogBroken, SealBroken, KeyMissing, RowInvalid]

/**
 * Why a message could not be taken, for tables, logs and operators. Of an error that is not ours only its name and where it
 * was thrown: a parser's message quotes what it read.
 */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'what was thrown is no error'
  if (plain.some((known) => error instanceof known)) return `${error.name}: ${error.message}`
  const name = error instanceof DomainError ? `${error.name} ${error.code}` : error.name
  const place = /\(?([^\s()/\\]+:\d+):\d+\)?$/m.exec(error.stack?.slice(error.stack.indexOf('\n    at ')) ?? '')?.[1]
  return place === undefined ? name : `${name} at ${place}`
}
