import { type Static, Type } from 'typebox'
import { Nullable } from './parts.ts'

/** A read model as one process of its service sees it. */
export const OperatedProjection = Type.Object({
  service: Type.String(),
  name: Type.String(),
  /** Of the build that is read. */
  version: Type.Integer(),
  state: Type.Union([
    Type.Literal('active'),
    Type.Literal('standby'),
    Type.Literal('rebuilding'),
    Type.Literal('stopped'),
  ]),
  /** Why it is stopped. */
  reason: Nullable(Type.String()),
  /** Messages of its stream that it has not taken yet. */
  lag: Type.Integer(),
  /** Aggregates in quarantine. */
  parked: Type.Integer(),
  /** What is built beside the one that is read; `differs` waits for an operator's word. */
  rebuild: Nullable(
    Type.Object({
      version: Type.Integer(),
      build: Type.Integer(),
      state: Type.Union([Type.Literal('building'), Type.Literal('differs'), Type.Literal('accepted')]),
      rows_before: Nullable(Type.Integer()),
      rows_after: Nullable(Type.Integer()),
    }),
  ),
})
export type OperatedProjection = Static<typeof OperatedProjection>

/** What was set aside: an aggregate that a read model parked, or a message that a reaction gave up. Never what it says. */
export const Quarantined = Type.Object({
  id: Type.String(),
  service: Type.String(),
  kind: Type.Union([Type.Literal('projection'), Type.Literal('reaction')]),
  /** Of the projection or the reaction. */
  name: Type.String(),
  reason: Type.String(),
  since: Type.String(),
  messages: Type.Integer(),
  /** Its repetition was asked for and has not begun. */
  asked: Type.Boolean(),
})
export type Quarantined = Static<typeof Quarantined>

export const Operations = Type.Object({
  projections: Type.Array(OperatedProjection),
  quarantine: Type.Array(Quarantined),
  /** Services that did not answer: what is theirs is missing here. */
  unavailable: Type.Array(Type.String()),
})
export type Operations = Static<typeof Operations>

/** `healed`: all of it has been applied. `asked`: it will be repeated within seconds. */
export const Retried = Type.Object({
  id: Type.String(),
  outcome: Type.Union([Type.Literal('healed'), Type.Literal('still_parked'), Type.Literal('asked')]),
})
export type Retried = Static<typeof Retried>
