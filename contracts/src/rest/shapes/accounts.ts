import { type Static, Type } from 'typebox'
import { Day, Instant } from '../../ids.ts'
import { AsOf, DayRange, Money, Nullable, Opaque } from './parts.ts'

/** `unverified`: nothing can be said, and `reason` says why (docs/proof.md). */
const ProofStatus = Type.Union([Type.Literal('verified'), Type.Literal('gap'), Type.Literal('unverified')])

export const accountKinds = ['current', 'savings', 'card', 'loan', 'other'] as const

export const Account = Type.Object({
  id: Opaque,
  /** Null where only statement files told of it. */
  connection_id: Nullable(Opaque),
  provider_account_id: Type.String(),
  name: Type.String(),
  kind: Type.Union(accountKinds.map((k) => Type.Literal(k))),
  currency: Type.String(),
  /** The last four characters of IBAN, number or card. */
  iban_masked: Nullable(Type.String()),
  institution: Type.Object({ id: Type.String(), name: Type.String(), logo: Type.String() }),
  balances: Type.Object({
    booked: Nullable(Money),
    available: Nullable(Money),
    credit_limit: Type.Optional(Money),
    as_of: Nullable(Instant),
  }),
  demo: Type.Boolean(),
  proof: Type.Object({
    status: ProofStatus,
    /** The day of the last balance that the rows explain without a gap before it. */
    verified_to: Nullable(Day),
    /** Why it is unverified (docs/proof.md); else null. */
    reason: Type.Optional(Nullable(Type.String())),
  }),
  first_date: Nullable(Day),
  last_date: Nullable(Day),
  last_synced_at: Nullable(Instant),
  /** As a connection's `missed`, whichever bank could not tell. */
  missed: Type.Optional(Type.Array(DayRange)),
})
export type Account = Omit<Static<typeof Account>, 'kind'> & { kind: (typeof accountKinds)[number] }

export const DailyBalance = Type.Object({
  date: Day,
  booked: Money,
  source: Type.Union([Type.Literal('bank'), Type.Literal('derived')]),
})
export type DailyBalance = Static<typeof DailyBalance>

export const suspectKinds = ['missing', 'doubled', 'changed', 'withdrawn', 'booked_late'] as const

/** What may have gone wrong in a gap. */
export const ProofSuspect = Type.Object({
  kind: Type.Union(suspectKinds.map((kind) => Type.Literal(kind))),
  /** Of the missing, doubled, withdrawn or late row; of a changed one, what it should be more. */
  amount: Money,
  /** Doubled: both. Changed: the row, then the one that stands for it now, if there is one. Missing: once pending, if it was. */
  transaction_ids: Type.Array(Opaque),
  /** The held row that fits (GET /held). */
  held_id: Nullable(Opaque),
  /** Of a changed row: what it should be. */
  expected: Nullable(Money),
  /** Stable code of the evidence (docs/proof.md). */
  because: Type.String(),
})
export type ProofSuspect = Omit<Static<typeof ProofSuspect>, 'kind'> & { kind: (typeof suspectKinds)[number] }

export const proofBalances = ['interim', 'closing', 'expected', 'available', 'information'] as const

/** Between two statements of one balance: opening + movements + difference = closing. */
export const ProofInterval = Type.Object({
  balance: Type.Union(proofBalances.map((kind) => Type.Literal(kind))),
  /** The bank's moments of the two statements; of closing balances the ends of their days. */
  from: Instant,
  to: Instant,
  /** The statements' days, in the account's zone: it speaks of the days after the first up to the second. */
  from_date: Day,
  to_date: Day,
  opening: Money,
  /** Sum of the booked rows between. */
  movements: Money,
  rows: Type.Integer(),
  closing: Money,
  difference: Money,
  /** Of the difference, what rows that were booked late do not explain either. */
  unexplained: Money,
  status: ProofStatus,
  /** booked_late, narrowed, balance_ahead, pending_included (docs/proof.md); else null. */
  reason: Nullable(Type.String()),
  /** Of a gap, the likeliest first; of the newest gaps only. */
  suspects: Type.Array(ProofSuspect),
})
export type ProofInterval = Omit<Static<typeof ProofInterval>, 'balance' | 'suspects'> & {
  balance: (typeof proofBalances)[number]
  suspects: ProofSuspect[]
}

export const ProofAnswer = Type.Object({ items: Type.Array(ProofInterval), as_of: AsOf })
export type ProofAnswer = { items: ProofInterval[]; as_of: AsOf }
