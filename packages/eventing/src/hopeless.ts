import { DomainError, type RefusalCode } from '@pf/contracts'
import { EventsTooLarge } from './aggregate.ts'
import { EventInvalid } from './declared-events.ts'
import { LogBroken } from './envelope.ts'
import { SealBroken } from './ports.ts'

/** Refusals of what was asked in itself: neither time nor anybody else's deed changes them. */
const lasting: ReadonlySet<RefusalCode> = new Set<RefusalCode>([
  'invalid_input',
  'payload_too_large',
  'statement_unreadable',
  'statement_too_large',
  'mapping_needed',
  'currencies_differ',
  'connection_removed',
])
const broken = [EventInvalid, LogBroken, SealBroken, EventsTooLarge]
const faults = [TypeError, RangeError, ReferenceError]

/**
 * Whether the same message, handled by the same code, can but fail again. All else may pass by itself: a bank, a database,
 * an object store or a read model that is away. A fault of a program counts where nothing caused it: fetch reports a
 * network that is away as a TypeError with its cause.
 */
export function isHopeless(error: unknown): boolean {
  if (broken.some((known) => error instanceof known)) return true
  if (error instanceof DomainError) return lasting.has(error.code)
  return faults.some((known) => error instanceof known) && error instanceof Error && error.cause === undefined
}
