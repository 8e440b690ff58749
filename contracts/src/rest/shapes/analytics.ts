import { type Static, Type } from 'typebox'
import { Day } from '../../ids.ts'
import { AsOf, Money, Nullable, Opaque } from './parts.ts'

/** With `convert_to`: currencies that stayed as they are, since no dated rate leads from them. */
const Unconverted = Type.Optional(Type.Array(Type.String()))

export const SpendingRow = Type.Object({
  period: Type.Optional(Type.String()),
  category: Type.Optional(Type.String()),
  merchant: Type.Optional(Nullable(Type.String())),
  account_id: Type.Optional(Opaque),
  currency: Type.String(),
  /** Spent, as a positive figure; refunds are taken off. */
  amount: Money,
  count: Type.Integer(),
})
export type SpendingRow = Static<typeof SpendingRow>

export const SpendingAnswer = Type.Object({
  items: Type.Array(SpendingRow),
  next_cursor: Type.Optional(Type.String()),
  unconverted: Unconverted,
  as_of: AsOf,
})
export type SpendingAnswer = Static<typeof SpendingAnswer>

export const CashFlowRow = Type.Object({
  period: Type.String(),
  currency: Type.String(),
  in: Money,
  out: Money,
  net: Money,
})
export type CashFlowRow = Static<typeof CashFlowRow>

export const CashFlowAnswer = Type.Object({
  items: Type.Array(CashFlowRow),
  next_cursor: Type.Optional(Type.String()),
  unconverted: Unconverted,
  as_of: AsOf,
})
export type CashFlowAnswer = Static<typeof CashFlowAnswer>

export const NetWorthRow = Type.Object({
  period: Type.String(),
  currency: Type.String(),
  assets: Money,
  /** As every debit, negative: assets + liabilities = net. */
  liabilities: Money,
  net: Money,
})
export type NetWorthRow = Static<typeof NetWorthRow>

export const NetWorthAnswer = Type.Object({
  items: Type.Array(NetWorthRow),
  next_cursor: Type.Optional(Type.String()),
  unconverted: Unconverted,
  /** Not in it: no bank ever stated their balance, so nobody knows what they hold. */
  accounts_without_balance: Type.Array(Opaque),
  as_of: AsOf,
})
export type NetWorthAnswer = Static<typeof NetWorthAnswer>

export const recurringIntervals = [
  'weekly',
  'fortnightly',
  'four_weekly',
  'monthly',
  'quarterly',
  'half_yearly',
  'yearly',
] as const

export const recurringStatuses = ['active', 'late', 'ended'] as const

export const Recurring = Type.Object({
  id: Opaque,
  account_id: Opaque,
  counterparty: Type.String(),
  interval: Type.String(),
  /** The last payment's; debit negative. */
  amount: Money,
  /** Least and greatest that was paid. */
  amount_from: Money,
  amount_to: Money,
  /** Standard deviation of the amounts in parts of their mean. */
  variance: Type.Number(),
  count: Type.Integer(),
  first_date: Day,
  last_date: Day,
  next_date: Day,
  /** `late`: expected and not there; `ended`: away for longer than ever. As of the account's last known day. */
  status: Type.String(),
  price_changes: Type.Array(Type.Object({ date: Day, from: Money, to: Money })),
})
export type Recurring = Omit<Static<typeof Recurring>, 'interval' | 'status'> & {
  interval: (typeof recurringIntervals)[number]
  status: (typeof recurringStatuses)[number]
}

export const RecurringAnswer = Type.Object({
  items: Type.Array(Recurring),
  next_cursor: Type.Optional(Type.String()),
  as_of: AsOf,
})
export type RecurringAnswer = Omit<Static<typeof RecurringAnswer>, 'items'> & { items: Recurring[] }
