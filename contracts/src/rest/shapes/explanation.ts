import { type Static, Type } from 'typebox'
import { Day, Instant } from '../../ids.ts'
import { AsOf, Money, Nullable, Opaque, told } from './parts.ts'
import { Transaction } from './transactions.ts'

export const Observation = told(
  Type.Object({
    id: Opaque,
    source: told(Type.String(), 'A provider instance, or `file-<format>`.'),
    section: Type.String(),
    connection_id: told(Nullable(Opaque), 'Null for a statement file.'),
    sync_id: told(Opaque, "The sync's, the import's, or that of the user's word that brought it."),
    fetched_at: Instant,
    bank_now: told(Instant, "The provider's clock at that moment."),
    raw: Type.Object({ key: Type.String(), sha256: Type.String(), row_index: Type.Integer() }),
    payload: told(Type.Unknown(), 'The row as it was sent; null where its key was destroyed by an erasure.'),
    read: Type.Object({
      date: Day,
      value_date: Nullable(Day),
      amount: Money,
      description: Type.String(),
      counterparty: Nullable(Type.String()),
      flags: Type.Array(Type.String()),
      normaliser_version: Type.Integer(),
    }),
    current: told(Type.Boolean(), "Whether the payment's present state is taken from it."),
  }),
  "One row of a bank's answer, or of a file, that says something of a payment: as it came, and as it was read.",
)
export type Observation = Static<typeof Observation>

export const IdentityStep = told(
  Type.Object({
    decision_seq: Type.Integer(),
    decided_at: Instant,
    transaction_id: Opaque,
    kind: told(Type.String(), '`new`, `changed`, `booked_from_pending`, `vanished`, `merged` …'),
    rule: Type.String(),
    rule_version: Type.Integer(),
    by: Type.Union([Type.Literal('rules'), Type.Literal('user')]),
    why: told(Type.String(), 'The rule in words.'),
    status: Type.String(),
    missing_upstream: Type.Boolean(),
    observation_id: Opaque,
    source: told(
      Nullable(Type.String()),
      "Set where it is about the view of another source than the one the payment's state is taken from.",
    ),
    log_position: told(Type.String(), 'Of the message in the log that says so.'),
  }),
  'One step in the life of a payment: what was decided, by which rule, on which observation.',
)
export type IdentityStep = Static<typeof IdentityStep>

export const CategoryReason = told(
  Type.Object({
    category: Type.String(),
    rule: Nullable(Type.Object({ priority: Type.Integer(), field: Type.String(), pattern: Type.String() })),
    why: Type.String(),
  }),
  'Why a payment has its category. `rule` is null where none matched, and for transfers.',
)
export type CategoryReason = Static<typeof CategoryReason>

export const Explanation = told(
  Type.Object({
    transaction_id: told(Opaque, "Its id now: where it was merged into another, that one's."),
    account_id: Opaque,
    transaction: told(Nullable(Transaction), 'As the marts have it; null where it is gone from every answer.'),
    observations: told(Type.Array(Observation), 'Newest first.'),
    decisions: told(Type.Array(IdentityStep), 'Oldest first.'),
    category: Nullable(CategoryReason),
    as_of: AsOf,
  }),
  "A payment down to the bank's own bytes.",
)
export type Explanation = Omit<Static<typeof Explanation>, 'transaction'> & { transaction: Transaction | null }
