import { type Static, Type } from 'typebox'
import { Day, Instant } from '../../ids.ts'
import { AsOf, Money, Nullable, Opaque } from './parts.ts'
import { Transaction } from './transactions.ts'

/** One row of a bank's answer, or of a file, that says something of a payment: as it came, and as it was read. */
export const Observation = Type.Object({
  id: Opaque,
  /** A provider instance, or `file-<format>`. */
  source: Type.String(),
  section: Type.String(),
  /** Null for a statement file. */
  connection_id: Nullable(Opaque),
  /** The sync's, the import's, or that of the user's word that brought it. */
  sync_id: Opaque,
  fetched_at: Instant,
  /** The provider's clock at that moment. */
  bank_now: Instant,
  raw: Type.Object({ key: Type.String(), sha256: Type.String(), row_index: Type.Integer() }),
  /** The row as it was sent; null where its key was destroyed by an erasure. */
  payload: Type.Unknown(),
  read: Type.Object({
    date: Day,
    value_date: Nullable(Day),
    amount: Money,
    description: Type.String(),
    counterparty: Nullable(Type.String()),
    flags: Type.Array(Type.String()),
    normaliser_version: Type.Integer(),
  }),
  /** Whether the payment's present state is taken from it. */
  current: Type.Boolean(),
})
export type Observation = Static<typeof Observation>

/** One step in the life of a payment: what was decided, by which rule, on which observation. */
export const IdentityStep = Type.Object({
  decision_seq: Type.Integer(),
  decided_at: Instant,
  transaction_id: Opaque,
  /** `new`, `changed`, `booked_from_pending`, `vanished`, `merged` … */
  kind: Type.String(),
  rule: Type.String(),
  rule_version: Type.Integer(),
  by: Type.Union([Type.Literal('rules'), Type.Literal('user')]),
  /** The rule in words. */
  why: Type.String(),
  status: Type.String(),
  missing_upstream: Type.Boolean(),
  observation_id: Opaque,
  /** Set where it is about the view of another source than the one the payment's state is taken from. */
  source: Nullable(Type.String()),
  /** Of the message in the log that says so. */
  log_position: Type.String(),
})
export type IdentityStep = Static<typeof IdentityStep>

/** Why a payment has its category. `rule` is null where none matched, and for transfers. */
export const CategoryReason = Type.Object({
  category: Type.String(),
  rule: Nullable(Type.Object({ priority: Type.Integer(), field: Type.String(), pattern: Type.String() })),
  why: Type.String(),
})
export type CategoryReason = Static<typeof CategoryReason>

/** A payment down to the bank's own bytes. */
export const Explanation = Type.Object({
  /** Its id now: where it was merged into another, that one's. */
  transaction_id: Opaque,
  account_id: Opaque,
  /** As the marts have it; null where it is gone from every answer. */
  transaction: Nullable(Transaction),
  /** Newest first. */
  observations: Type.Array(Observation),
  /** Oldest first. */
  decisions: Type.Array(IdentityStep),
  category: Nullable(CategoryReason),
  as_of: AsOf,
})
export type Explanation = Omit<Static<typeof Explanation>, 'transaction'> & { transaction: Transaction | null }
