import { type AggregateDeclaration, type EventOf, event } from '@pf/contracts'
import { type AggregateDefinition, change, type Projection, projection } from '@pf/eventing'
import { Type } from 'typebox'

/** An event of some half a kilobyte, as ours are: ids, instants, amounts, an address in the object store. */
const Noted = event('Noted', 1, {
  noteId: Type.String({ minLength: 36, maxLength: 36 }),
  accountId: Type.String({ minLength: 36, maxLength: 36 }),
  amountMinor: Type.Integer(),
  currency: Type.String({ pattern: '^[A-Z]{3}$' }),
  notedAt: Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT' }),
  raw: Type.Object({ key: Type.String(), sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }), bytes: Type.Integer() }),
  counts: Type.Array(Type.Object({ day: Type.String(), rows: Type.Integer({ minimum: 0 }) }), { maxItems: 16 }),
})
export type NotedEvent = EventOf<typeof Noted>

const declaration = {
  context: 'storage',
  aggregate: 'sample',
  events: [Noted],
} as const satisfies AggregateDeclaration
export type Sample = { notes: number; amountMinor: number; lastAt: string }
export type Note = { n: number }

const day = (n: number) => `2026-01-${String((n % 28) + 1).padStart(2, '0')}`
const hex = (n: number) => n.toString(16).padStart(64, '0')
const uuid = (n: number) => `0199aaaa-0000-7000-8000-${n.toString(16).padStart(12, '0')}`

export function noted(n: number): NotedEvent {
  return {
    type: 'Noted',
    data: {
      noteId: uuid(n),
      accountId: uuid(n % 997),
      amountMinor: (n * 7919) % 1_000_000,
      currency: 'GBP',
      notedAt: `${day(n)}T12:00:00.000Z`,
      raw: { key: `raw/${uuid(n % 997)}/${n}`, sha256: hex(n), bytes: 40_000 + (n % 1000) },
      counts: [0, 1, 2].map((later) => ({ day: day(n + later), rows: n % 40 })),
    },
  }
}

export const sample: AggregateDefinition<Sample, Note, NotedEvent> = {
  ...declaration,
  snapshot: { shape: 1 },
  decider: {
    initial: { notes: 0, amountMinor: 0, lastAt: '' },
    decide: ({ n }) => [noted(n)],
    evolve: (state, { data }) => ({
      notes: state.notes + 1,
      amountMinor: state.amountMinor + data.amountMinor,
      lastAt: data.notedAt,
    }),
  },
}

type Row = { sampleId: string; spaceId: string; notes: number; amountMinor: number; lastAt: string }

/** A row per aggregate, folded over the row as it stands: what our read models do. */
export const samples: Projection<NotedEvent, Row> = projection<NotedEvent, Row>({
  name: 'samples',
  version: 1,
  context: 'storage',
  table: {
    name: 'sample',
    columns: { sampleId: 'text', spaceId: 'text', notes: 'integer', amountMinor: 'bigint', lastAt: 'timestamptz' },
    key: ['sampleId'],
    space: 'spaceId',
  },
  on: {
    Noted: ({ amountMinor, notedAt }, { aggregateId, spaceId }) =>
      change({ sampleId: aggregateId }, (row) => ({
        sampleId: aggregateId,
        spaceId,
        notes: (row?.notes ?? 0) + 1,
        amountMinor: (row?.amountMinor ?? 0) + amountMinor,
        lastAt: notedAt,
      })),
  },
})
