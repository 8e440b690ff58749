import { type Static, Type } from 'typebox'
import { Day, Instant } from '../../ids.ts'
import { AsOf, DayRange, Logo, Money, Nullable, Opaque, oneOf, told } from './parts.ts'

const ProofStatus = told(
  Type.Union([Type.Literal('verified'), Type.Literal('gap'), Type.Literal('unverified')]),
  '`unverified`: nothing can be said, and `reason` says why (docs/proof.md).',
)

export const accountKinds = ['current', 'savings', 'card', 'loan', 'other'] as const

export const ChosenKind = told(
  Nullable(oneOf(accountKinds)),
  'Your word on what kind of account it is. Null takes it back: what the bank or the file says counts again.',
)

export const Account = Type.Object({
  id: Opaque,
  connection_id: told(Nullable(Opaque), 'Null where only statement files told of it.'),
  provider_account_id: Type.String(),
  name: Type.String(),
  kind: oneOf(accountKinds),
  kind_source: told(
    Type.Union([Type.Literal('bank'), Type.Literal('user')]),
    '`bank`: as the bank or the statement file says; `user`: as you said (PATCH /accounts/{id}).',
  ),
  currency: Type.String(),
  iban_masked: told(Nullable(Type.String()), 'The last four characters of IBAN, number or card.'),
  institution: Type.Object({ id: Type.String(), name: Type.String(), logo: Logo }),
  balances: Type.Object({
    booked: Nullable(Money),
    available: Nullable(Money),
    credit_limit: Type.Optional(Money),
    as_of: Nullable(Instant),
  }),
  demo: Type.Boolean(),
  proof: Type.Object({
    status: ProofStatus,
    verified_to: told(Nullable(Day), 'The day of the last balance that the rows explain without a gap before it.'),
    reason: Type.Optional(told(Nullable(Type.String()), 'Why it is unverified (docs/proof.md); else null.')),
  }),
  first_date: Nullable(Day),
  last_date: Nullable(Day),
  last_synced_at: Nullable(Instant),
  missed: Type.Optional(told(Type.Array(DayRange), "As a connection's `missed`, whichever bank could not tell.")),
})
export type Account = Omit<Static<typeof Account>, 'kind'> & { kind: (typeof accountKinds)[number] }

export const DailyBalance = Type.Object({
  date: Day,
  booked: Money,
  source: Type.Union([Type.Literal('bank'), Type.Literal('derived')]),
})
export type DailyBalance = Static<typeof DailyBalance>

export const suspectKinds = ['missing', 'doubled', 'changed', 'withdrawn', 'booked_late'] as const

export const ProofSuspect = told(
  Type.Object({
    kind: oneOf(suspectKinds),
    amount: told(Money, 'Of the missing, doubled, withdrawn or late row; of a changed one, what it should be more.'),
    transaction_ids: told(
      Type.Array(Opaque),
      'Doubled: both. Changed: the row, then the one that stands for it now, if there is one. Missing: once pending, if it was.',
    ),
    held_id: told(Nullable(Opaque), 'The held row that fits (GET /held).'),
    expected: told(Nullable(Money), 'Of a changed row: what it should be.'),
    because: told(Type.String(), 'Stable code of the evidence (docs/proof.md).'),
  }),
  'What may have gone wrong in a gap.',
)
export type ProofSuspect = Omit<Static<typeof ProofSuspect>, 'kind'> & { kind: (typeof suspectKinds)[number] }

export const proofBalances = ['interim', 'closing', 'expected', 'available', 'information'] as const

export const ProofInterval = told(
  Type.Object({
    balance: oneOf(proofBalances),
    from: told(Instant, "The bank's moments of the two statements; of closing balances the ends of their days."),
    to: Instant,
    from_date: told(
      Day,
      "The statements' days, in the account's zone: it speaks of the days after the first up to the second.",
    ),
    to_date: Day,
    opening: Money,
    movements: told(Money, 'Sum of the booked rows between.'),
    rows: Type.Integer(),
    closing: Money,
    difference: Money,
    unexplained: told(Money, 'Of the difference, what rows that were booked late do not explain either.'),
    status: ProofStatus,
    reason: told(
      Nullable(Type.String()),
      'booked_late, narrowed, balance_ahead, pending_included (docs/proof.md); else null.',
    ),
    suspects: told(Type.Array(ProofSuspect), 'Of a gap, the likeliest first; of the newest gaps only.'),
  }),
  'Between two statements of one balance: opening + movements + difference = closing.',
)
export type ProofInterval = Omit<Static<typeof ProofInterval>, 'balance' | 'suspects'> & {
  balance: (typeof proofBalances)[number]
  suspects: ProofSuspect[]
}

export const ProofAnswer = Type.Object({ items: Type.Array(ProofInterval), as_of: AsOf })
export type ProofAnswer = { items: ProofInterval[]; as_of: AsOf }

export const BalancesAnswer = Type.Object({ items: Type.Array(DailyBalance), as_of: AsOf })
export type BalancesAnswer = Static<typeof BalancesAnswer>
