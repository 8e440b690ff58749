import { type Static, Type } from 'typebox'
import { Day, Instant } from '../../ids.ts'
import { Money, Nullable, Opaque, told } from './parts.ts'

export const HeldItem = told(
  Type.Object({
    id: Opaque,
    account_id: Opaque,
    source: told(Type.String(), 'A provider instance, or `file-<format>`.'),
    section: Type.String(),
    reason: told(
      Type.String(),
      'Stable: `amount_ambiguous`, `amount_precision`, `amount_unparsable`, `currency_invalid`, `no_date`, `row_unreadable`, `sources_differ` …',
    ),
    detail: told(Type.String(), 'The reason in words, and what can be done.'),
    first_seen: Instant,
    payload: told(Type.Unknown(), 'The row as it was sent.'),
    read: told(
      Type.Object({
        date: Nullable(Day),
        amount: Nullable(Money),
        description: Nullable(Type.String()),
      }),
      'What could be read of it.',
    ),
    verdicts: told(
      Type.Array(Type.Union([Type.Literal('accept'), Type.Literal('dismiss'), Type.Literal('same')])),
      'What may be said of it.',
    ),
    candidates: told(Type.Array(Opaque), '`same`: payments that it may be.'),
    decision: Nullable(
      Type.Object({
        verdict: Type.String(),
        transaction_id: Nullable(Opaque),
        decided_at: Instant,
      }),
    ),
  }),
  "A row of a bank's answer or of a file that waits for the user.",
)
export type HeldItem = Static<typeof HeldItem>
