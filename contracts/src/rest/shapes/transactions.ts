import { type Static, Type } from 'typebox'
import { Day } from '../../ids.ts'
import { AsOf, Money, Nullable, Opaque, told } from './parts.ts'

export const Transaction = Type.Object({
  id: Opaque,
  account_id: Opaque,
  date: Day,
  value_date: Nullable(Day),
  amount: Money,
  description: Type.String(),
  counterparty: Nullable(Type.String()),
  category: Type.String(),
  status: Type.Union([Type.Literal('booked'), Type.Literal('pending')]),
  running_balance: Type.Optional(
    told(
      Money,
      "The account's booked balance after this row, in the order of the list; where the bank ever stated a balance.",
    ),
  ),
  recurring_id: Type.Optional(
    told(Type.String(), 'The series of payments that it is one of: GET /analytics/recurring.'),
  ),
  transfer_id: Type.Optional(Type.String()),
})
export type Transaction = Omit<Static<typeof Transaction>, 'status'> & { status: 'booked' | 'pending' }

export const Totals = Type.Object({
  count: Type.Integer(),
  by_currency: Type.Array(Type.Object({ currency: Type.String(), in: Money, out: Money, net: Money })),
})
export type Totals = Static<typeof Totals>

export const TransactionPage = Type.Object({
  items: Type.Array(Transaction),
  next_cursor: Type.Optional(Type.String()),
  totals: Type.Optional(Totals),
  as_of: AsOf,
})
export type TransactionPage = Omit<Static<typeof TransactionPage>, 'items'> & { items: Transaction[] }

export const TransactionMonths = Type.Object({
  items: Type.Array(Type.Object({ month: Type.String(), count: Type.Integer() })),
  next_cursor: Type.Optional(Type.String()),
  as_of: AsOf,
})
export type TransactionMonths = Static<typeof TransactionMonths>
