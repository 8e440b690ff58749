import { type Static, Type } from 'typebox'
import { Day } from '../../ids.ts'
import { AsOf, Money, Nullable, Opaque, oneOf, told } from './parts.ts'

/** With `convert_to`: currencies that stayed as they are, since no dated rate leads from them. */
const Unconverted = Type.Optional(Type.Array(Type.String()))

export const SpendingRow = Type.Object({
  period: Type.Optional(Type.String()),
  category: Type.Optional(Type.String()),
  merchant: Type.Optional(Nullable(Type.String())),
  account_id: Type.Optional(Opaque),
  currency: Type.String(),
  amount: told(Money, 'Spent, as a positive figure; refunds are taken off.'),
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
  liabilities: told(Money, 'As every debit, negative: assets + liabilities = net.'),
  net: Money,
})
export type NetWorthRow = Static<typeof NetWorthRow>

export const NetWorthAnswer = Type.Object({
  items: Type.Array(NetWorthRow),
  next_cursor: Type.Optional(Type.String()),
  unconverted: Unconverted,
  accounts_without_balance: told(
    Type.Array(Opaque),
    'Not in it: no bank ever stated their balance, so nobody knows what they hold.',
  ),
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
  interval: oneOf(recurringIntervals),
  amount: told(Money, "The last payment's; debit negative."),
  amount_from: told(Money, 'Least and greatest that was paid.'),
  amount_to: Money,
  variance: told(Type.Number(), 'Standard deviation of the amounts in parts of their mean.'),
  count: Type.Integer(),
  first_date: Day,
  last_date: Day,
  next_date: Day,
  status: told(
    Type.String(),
    "`late`: expected and not there; `ended`: away for longer than ever. As of the account's last known day.",
  ),
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
