import { type Static, Type } from 'typebox'
import { Day, Instant } from '../../ids.ts'
import { Money, Nullable, Opaque } from './parts.ts'

/** A row of a bank's answer or of a file that waits for the user. */
export const HeldItem = Type.Object({
  id: Opaque,
  account_id: Opaque,
  /** A provider instance, or `file-<format>`. */
  source: Type.String(),
  section: Type.String(),
  /** Stable: `amount_ambiguous`, `amount_precision`, `amount_unparsable`, `currency_invalid`, `no_date`, `row_unreadable`, `sources_differ` … */
  reason: Type.String(),
  /** The reason in words, and what can be done. */
  detail: Type.String(),
  first_seen: Instant,
  /** The row as it was sent. */
  payload: Type.Unknown(),
  /** What could be read of it. */
  read: Type.Object({
    date: Nullable(Day),
    amount: Nullable(Money),
    description: Nullable(Type.String()),
  }),
  /** What may be said of it. */
  verdicts: Type.Array(Type.Union([Type.Literal('accept'), Type.Literal('dismiss'), Type.Literal('same')])),
  /** `same`: payments that it may be. */
  candidates: Type.Array(Opaque),
  decision: Nullable(
    Type.Object({
      verdict: Type.String(),
      transaction_id: Nullable(Opaque),
      decided_at: Instant,
    }),
  ),
})
export type HeldItem = Static<typeof HeldItem>
