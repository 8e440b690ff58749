import type { Context } from '@pf/contracts'
import { derivedUuid } from './derived-uuid.ts'

/** A message that a reaction gave up: it has been acknowledged, and waits here for an operator. */
export type DeadLetter = {
  readonly id: string
  readonly reaction: string
  readonly context: Context
  readonly subject: string
  readonly seq: number
  readonly eventId: string
  readonly attempts: number
  /** Names types and places, never values. */
  readonly reason: string
  readonly since: string
  /** An operator asked for it to be repeated, and nobody has begun yet. */
  readonly isAsked: boolean
}

export const deadLetterId = ({ reaction, context, seq }: Pick<DeadLetter, 'reaction' | 'context' | 'seq'>): string =>
  derivedUuid('dead letter', reaction, context, String(seq))

/** Where they are kept: `./postgres` and `./memory` pass one conformance suite. */
export interface DeadLetters {
  /** Once per reaction and message; again tells the new attempts and reason, and that nobody asks any more. */
  set(letter: Omit<DeadLetter, 'id' | 'since' | 'isAsked'>): Promise<void>
  /** Of one reaction, or of all; oldest first. */
  list(reaction?: string): Promise<DeadLetter[]>
  /** The reaction repeats it within seconds, wherever it runs. False where there is none of this id. */
  ask(id: string): Promise<boolean>
  /** The oldest that was asked for; to one process alone. It stays until it is removed or set again. */
  take(reaction: string): Promise<DeadLetter | undefined>
  remove(id: string): Promise<void>
  /** Those of a space, or of some of its aggregates: erased with it. */
  erase(of: { spaceId: string; aggregateIds?: readonly string[] }): Promise<void>
  /** Resolves when one may have been asked for: after a second, where other processes write, too. */
  changed(signal: AbortSignal): Promise<void>
}
