import { type AggregateDeclaration, type EventOf, event } from '@pf/contracts'
import { type AggregateDefinition, change, type Projection, projection } from '@pf/eventing'
import { Type } from 'typebox'

/** A small aggregate that shows every loss and every doubling: it adds up. */
const Tallied = event('Tallied', 1, { by: Type.Integer({ minimum: 1 }), padding: Type.String() })
/** As a later release would declare it: what it writes, today's readers do not know. */
const TalliedLater = {
  ...event('Tallied', 2, { by: Type.Integer({ minimum: 1 }), padding: Type.String(), unit: Type.String() }),
  upcasts: { 1: (data: object) => ({ ...data, unit: 'one' }) },
}

const declare = <const E extends AggregateDeclaration['events']>(events: E) => ({
  context: 'connection' as const,
  aggregate: 'tally',
  events,
})
export const tallyEvents = declare([Tallied])
export const laterTallyEvents = declare([TalliedLater])

export type TallyEvent = EventOf<typeof Tallied>
export type Tally = { sum: number }
export type Add = { by: number; padding: string }

export const tally: AggregateDefinition<Tally, Add, TallyEvent> = {
  ...tallyEvents,
  decider: {
    initial: { sum: 0 },
    decide: (data) => [{ type: 'Tallied', data }],
    evolve: ({ sum }, { data }) => ({ sum: sum + data.by }),
  },
}

/** The writer of the later release. */
export const laterTally: AggregateDefinition<Tally, Add, EventOf<typeof TalliedLater>> = {
  ...laterTallyEvents,
  decider: {
    initial: { sum: 0 },
    decide: (data) => [{ type: 'Tallied', data: { ...data, unit: 'one' } }],
    evolve: ({ sum }, { data }) => ({ sum: sum + data.by }),
  },
}

export const spaceId = 'space'

export type TallyRow = { tallyId: string; spaceId: string; sum: number; events: number }

/** Rows that are no fold of each event exactly once show it: they add up from what stands in the table. */
export const tallies = (version = 1): Projection<TallyEvent, TallyRow> =>
  projection<TallyEvent, TallyRow>({
    name: 'tallies',
    version,
    context: 'connection',
    table: {
      name: 'tally',
      columns: { tallyId: 'text', spaceId: 'text', sum: 'bigint', events: 'bigint' },
      key: ['tallyId'],
      space: 'spaceId',
    },
    on: {
      Tallied: ({ by }, { aggregateId, spaceId }) =>
        change({ tallyId: aggregateId }, (row) => ({
          tallyId: aggregateId,
          spaceId,
          sum: (row?.sum ?? 0) + by,
          events: (row?.events ?? 0) + 1,
        })),
    },
  })
