import type { AggregateDeclaration, AnyEvent } from '@pf/contracts'
import { subjectOf } from './address.ts'
import { declaredEvents } from './declared-events.ts'
import { following, openMessage } from './envelope.ts'
import type { EventLog, Recorded, Sealer } from './ports.ts'

/**
 * All that an aggregate's log says, message by message, oldest first; versions and hash chain are checked on the way. For a
 * person's question about the past: a command handler keeps the folded state and reads the tail alone. Throws LogBroken,
 * EventInvalid, KeyMissing, SealBroken, LogUnavailable.
 */
export async function readHistory<Event extends AnyEvent>(
  declaration: AggregateDeclaration,
  at: { spaceId: string; aggregateId: string },
  { log, sealer }: { log: EventLog; sealer: Sealer },
): Promise<Recorded<Event>[]> {
  const declared = declaredEvents(declaration)
  const history: Recorded<Event>[] = []
  let known = { version: 0, hash: '' }
  for (const message of await log.load(subjectOf({ ...declaration, ...at }))) {
    const { hash, count } = following(known, message)
    // The door has validated them against this very aggregate's declarations.
    history.push((await openMessage(message, sealer, () => declared)) as Recorded<Event>)
    known = { version: known.version + count, hash }
  }
  return history
}
