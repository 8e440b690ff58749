import { type AggregateDeclaration, type EventOf, event, refuse } from '@pf/contracts'
import { Type } from 'typebox'
import type { AggregateDefinition } from '../ports.ts'

/** A small aggregate for our own specs: it counts up to ten. Version 1 of `Counted` called its number `n`. */
const Counted = {
  ...event('Counted', 2, { by: Type.Integer({ minimum: 1 }), note: Type.Optional(Type.String()) }),
  upcasts: { 1: (data: object) => ('n' in data ? { by: data.n } : {}) },
}
const Closed = event('Closed', 1, {})

export const counterEvents = {
  context: 'connection',
  aggregate: 'counter',
  events: [Counted, Closed],
} as const satisfies AggregateDeclaration
export type CounterEvent = EventOf<typeof Counted | typeof Closed>

export type Count = { type: 'Count'; by: number; times?: number; note?: string }
export type Close = { type: 'Close' }
export type Counter = { sum: number; closed: boolean }

export const counter: AggregateDefinition<Counter, Count | Close, CounterEvent> = {
  ...counterEvents,
  decider: {
    initial: { sum: 0, closed: false },
    decide(command, state) {
      if (command.type === 'Close') return state.closed ? [] : [{ type: 'Closed', data: {} }]
      if (state.closed) throw refuse('conflict', 'The counter is closed.')
      const { by, times = 1, note } = command
      const data = note === undefined ? { by } : { by, note }
      return Array.from({ length: times }, () => ({ type: 'Counted' as const, data }))
    },
    evolve: (state, { type, data }) =>
      type === 'Closed' ? { ...state, closed: true } : { ...state, sum: state.sum + data.by },
  },
}
