import type { AnyEvent } from '@pf/contracts'
import { aggregates } from '@pf/contracts'
import { askOf, createFold } from '../fold.ts'
import type { Recorded } from '../ports.ts'
import type { Projection } from '../projection.ts'
import { keyOf, normaliseRow } from '../rows.ts'

type Meta = Omit<Recorded, 'events'>
/** An event, or one with where it was recorded; what is left out is made up. */
type Given<Event> = Event | { event: Event; meta: Partial<Meta> }

/**
 * `given(events).then(rows)`: the rows that the events amount to, in any order; once with each event delivered once, once
 * with each delivered twice. An event's space and aggregate are those of its meta, else `spaceId` of its data, else made up.
 */
export function specifyProjection<Event extends AnyEvent, Row extends object>(projection: Projection<Event, Row>) {
  const { table } = projection
  const sorted = (rows: readonly Row[]) =>
    rows.map((row) => normaliseRow(table, row)).sort((a, b) => (keyOf(table, a) < keyOf(table, b) ? -1 : 1))

  const rowsAfter = (recorded: readonly Recorded[]): Row[] => {
    const fold = createFold(projection, [])
    for (const message of recorded) {
      const asked = askOf(projection, message)
      if ('poison' in asked) throw asked.poison
      fold.apply(asked.operations)
    }
    return fold.puts()
  }

  return {
    given(events: readonly Given<Event>[]) {
      const once = events.map((given, index) => recordedOf(projection, given, index + 1))
      return {
        // biome-ignore lint/suspicious/noThenProperty: the sentence ends in `then`; nobody awaits it.
        then(rows: readonly Row[]): void {
          expect(sorted(rowsAfter(once))).toEqual(sorted(rows))
          const twice = once.flatMap((recorded) => [recorded, recorded])
          expect({ deliveredTwice: sorted(rowsAfter(twice)) }).toEqual({ deliveredTwice: sorted(rows) })
        },
      }
    },
  }
}

const madeUp = { spaceId: '00000000-0000-7000-8000-000000000001', aggregateId: '00000000-0000-7000-8000-000000000002' }

function recordedOf<Event extends AnyEvent>(
  { context }: { context: Meta['context'] },
  given: Given<Event>,
  seq: number,
): Recorded {
  const { event, meta } = 'event' in given ? given : { event: given, meta: {} }
  const declaration = aggregates.find(({ events }) => events.some(({ type }) => type === event.type))
  const { data } = event
  return {
    context,
    aggregate: declaration?.aggregate ?? 'specified',
    spaceId: 'spaceId' in data && typeof data.spaceId === 'string' ? data.spaceId : madeUp.spaceId,
    aggregateId: madeUp.aggregateId,
    events: [event],
    seq,
    version: seq,
    commandId: `command-${seq}`,
    correlationId: `command-${seq}`,
    time: new Date(Date.UTC(2026, 0, 1, 0, 0, seq)).toISOString(),
    ...meta,
  }
}
