import type { AnyEvent } from '@pf/contracts'
import { EventInvalid, type eventCatalogue } from './declared-events.ts'
import { holdsAny, LogBroken, openMessage } from './envelope.ts'
import { askOf, createFold, needsOf } from './fold.ts'
import { KeyMissing, type RawMessage, SealBroken, type Sealer } from './ports.ts'
import type { Operation, Projection } from './projection.ts'
import type { Batch } from './projection-store.ts'
import { reasonOf } from './reason.ts'

export type Catalogue = ReturnType<typeof eventCatalogue>
export type Work<Row extends object> = Pick<Batch<Row>, 'puts' | 'drops' | 'quarantined'>
type Wanted<Row extends object> = { message: RawMessage; operations: Operation<Row>[] }

export type FoldParts<Row extends object> = {
  rows(keys: readonly Partial<Row>[]): Promise<Row[]>
  /** Subjects whose messages are set aside unread; those that turn out to be poison are added. */
  parked: Set<string>
  sealer: Sealer
  catalogue: Catalogue
  onPoison(error: unknown, message: RawMessage): void
}

/** What a batch makes of the rows as they stand, and what of it could not be taken. Throws what may pass by itself. */
export async function foldBatch<Event extends AnyEvent, Row extends object>(
  projection: Projection<Event, Row>,
  batch: readonly RawMessage[],
  { rows, parked, sealer, catalogue, onPoison }: FoldParts<Row>,
): Promise<Work<Row>> {
  const quarantined: Work<Row>['quarantined'][number][] = []
  const set = (message: RawMessage, reason: string) => {
    const { subject, seq, headers } = message
    parked.add(subject)
    quarantined.push({ subject, seq, eventId: headers['ce-id'] ?? '', reason })
  }
  const poison = (message: RawMessage, error: unknown) => {
    onPoison(error, message)
    set(message, reasonOf(error))
  }
  const wanted: Wanted<Row>[] = []
  for (const message of batch) {
    const asked = await askedBy(projection, message, parked, sealer, catalogue)
    if (asked === 'parked') set(message, waits)
    else if ('poison' in asked) poison(message, asked.poison)
    else if (asked.operations.length > 0) wanted.push({ message, operations: asked.operations })
  }
  const needs = needsOf(
    projection,
    wanted.flatMap(({ operations }) => operations),
  )
  const fold = createFold(projection, needs.length === 0 ? [] : await rows(needs))
  const stopped = new Set<string>()
  for (const { message, operations } of wanted) {
    if (stopped.has(message.subject)) {
      set(message, waits)
      continue
    }
    try {
      fold.apply(operations)
    } catch (error) {
      stopped.add(message.subject)
      poison(message, error)
    }
  }
  return { puts: fold.puts(), drops: fold.drops(), quarantined }
}

const waits = 'an earlier message of its aggregate is in quarantine'

async function askedBy<Event extends AnyEvent, Row extends object>(
  projection: Projection<Event, Row>,
  message: RawMessage,
  parked: ReadonlySet<string>,
  sealer: Sealer,
  catalogue: Catalogue,
): Promise<{ operations: Operation<Row>[] } | { poison: unknown } | 'parked'> {
  if (parked.has(message.subject)) return 'parked'
  if (!holdsAny(message, (type) => type in projection.on)) return { operations: [] }
  try {
    return askOf(projection, await openMessage(message, sealer, catalogue))
  } catch (error) {
    if (error instanceof KeyMissing) return { operations: [] }
    const isPoison = error instanceof EventInvalid || error instanceof LogBroken || error instanceof SealBroken
    if (isPoison) return { poison: error }
    throw error
  }
}
