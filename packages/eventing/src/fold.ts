import type { AnyEvent } from '@pf/contracts'
import type { Recorded } from './ports.ts'
import type { Operation, Projection } from './projection.ts'
import { apply, columnsOfKey, keyOf, needOf, type RowLayer } from './rows.ts'

/** What a message asks of the table, or why it could not be asked. */
export type Asked<Row extends object> = { operations: Operation<Row>[] } | { poison: unknown }

/** Runs the pure handlers over one message. */
export function askOf<Event extends AnyEvent, Row extends object>(
  projection: Projection<Event, Row>,
  recorded: Recorded,
): Asked<Row> {
  const { events, ...meta } = recorded
  // Types of events tie a handler to its data; the catalogue has checked that they belong together.
  const handlers = projection.on as Record<string, ((data: object, meta: object) => unknown) | undefined>
  try {
    return {
      operations: events.flatMap(({ type, data }) => {
        const answer = handlers[type]?.(data, meta) as Operation<Row> | readonly Operation<Row>[] | undefined
        return answer ?? []
      }),
    }
  } catch (poison) {
    return { poison }
  }
}

/** The keys and filters of rows that have to be read before these operations are applied. */
export function needsOf<Event extends AnyEvent, Row extends object>(
  { table }: Projection<Event, Row>,
  operations: readonly Operation<Row>[],
): Partial<Row>[] {
  const needs = operations.map((operation) => needOf(table, operation)).filter((need) => need !== undefined)
  return [...new Map(needs.map((need) => [JSON.stringify(need), need])).values()]
}

/** One batch over the rows read before it. A message is applied as a whole or not at all. */
export function createFold<Event extends AnyEvent, Row extends object>(
  { table }: Projection<Event, Row>,
  rows: readonly Row[],
) {
  const seen: RowLayer<Row> = new Map(rows.map((row) => [keyOf(table, row), row]))
  const made: RowLayer<Row> = new Map()
  return {
    /** Throws what made the message impossible, and leaves the rows as they were. */
    apply(operations: readonly Operation<Row>[]): void {
      const mine: RowLayer<Row> = new Map()
      for (const operation of operations) apply(table, [mine, made, seen], operation)
      for (const [key, row] of mine) made.set(key, row)
    },
    puts: (): Row[] => [...made.values()].filter((row) => row !== null),
    drops: (): Partial<Row>[] => [...made].filter(([, row]) => row === null).map(([key]) => columnsOfKey(table, key)),
  }
}
