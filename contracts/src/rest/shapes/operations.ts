import { type Static, Type } from 'typebox'
import { Nullable, told } from './parts.ts'

export const OperatedProjection = told(
  Type.Object({
    service: Type.String(),
    name: Type.String(),
    version: told(Type.Integer(), 'Of the build that is read.'),
    state: Type.Union([
      Type.Literal('active'),
      Type.Literal('standby'),
      Type.Literal('rebuilding'),
      Type.Literal('stopped'),
    ]),
    reason: told(Nullable(Type.String()), 'Why it is stopped.'),
    lag: told(Type.Integer(), 'Messages of its stream that it has not taken yet.'),
    parked: told(Type.Integer(), 'Aggregates in quarantine.'),
    rebuild: told(
      Nullable(
        Type.Object({
          version: Type.Integer(),
          build: Type.Integer(),
          state: Type.Union([Type.Literal('building'), Type.Literal('differs'), Type.Literal('accepted')]),
          rows_before: Nullable(Type.Integer()),
          rows_after: Nullable(Type.Integer()),
        }),
      ),
      "What is built beside the one that is read; `differs` waits for an operator's word.",
    ),
  }),
  'A read model as one process of its service sees it.',
)
export type OperatedProjection = Static<typeof OperatedProjection>

export const Quarantined = told(
  Type.Object({
    id: Type.String(),
    service: Type.String(),
    kind: Type.Union([Type.Literal('projection'), Type.Literal('reaction')]),
    name: told(Type.String(), 'Of the projection or the reaction.'),
    reason: Type.String(),
    since: Type.String(),
    messages: Type.Integer(),
    asked: told(Type.Boolean(), 'Its repetition was asked for and has not begun.'),
  }),
  'What was set aside: an aggregate that a read model parked, or a message that a reaction gave up. Never what it says.',
)
export type Quarantined = Static<typeof Quarantined>

export const PendingErasure = told(
  Type.Object({
    id: Type.String(),
    of: Type.Union([Type.Literal('space'), Type.Literal('connection')]),
    state: told(
      Type.Union([Type.Literal('asked'), Type.Literal('erasing')]),
      '`asked`: accepted, its banks are being told. `erasing`: beyond return; it goes on until nothing is left.',
    ),
    since: Type.String(),
  }),
  'What was promised to be erased and is not yet.',
)
export type PendingErasure = Static<typeof PendingErasure>

export const PassedDrill = told(
  Type.Object({
    passed_at: Type.String(),
    backup_made_at: Type.String(),
    messages: Type.Integer(),
    raw_objects: Type.Integer(),
  }),
  'A backup that was restored into an empty installation beside this one, and was whole (`npm run log -- drill`).',
)
export type PassedDrill = Static<typeof PassedDrill>

export const Operations = Type.Object({
  projections: Type.Array(OperatedProjection),
  quarantine: Type.Array(Quarantined),
  erasures: told(Type.Array(PendingErasure), 'Oldest first.'),
  last_drill: told(Nullable(PassedDrill), 'Of this installation; null where none has passed, or auth did not answer.'),
  unavailable: told(Type.Array(Type.String()), 'Services that did not answer: what is theirs is missing here.'),
})
export type Operations = Static<typeof Operations>

export const Retried = told(
  Type.Object({
    id: Type.String(),
    outcome: Type.Union([Type.Literal('healed'), Type.Literal('still_parked'), Type.Literal('asked')]),
  }),
  '`healed`: all of it has been applied. `asked`: it will be repeated within seconds.',
)
export type Retried = Static<typeof Retried>

export const Health = Type.Object({ status: told(Type.String(), '`ok`') })
export type Health = Static<typeof Health>

export const Readiness = Type.Object({
  status: told(Type.String(), '`ok` or `not ready`'),
  dependencies: told(
    Type.Record(Type.String(), Type.String()),
    'Each dependency by name: `ok`, or what is wrong in words.',
  ),
  providers: told(
    Type.Record(Type.String(), Type.String()),
    'Each bank provider, and Keycloak, that was asked since the start: `ok`, or when its last call went unanswered. It makes nothing unready: all that is here is served without it.',
  ),
})
export type Readiness = Static<typeof Readiness>
