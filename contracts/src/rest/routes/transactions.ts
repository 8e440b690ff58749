import { type Static, Type } from 'typebox'
import { Day } from '../../ids.ts'
import { Cursor, Id, Limit, query, type Route, route } from '../route.ts'
import * as S from '../shapes.ts'

const Amount = Type.String({ pattern: '^-?\\d{1,15}(\\.\\d{1,4})?$' })

export const TransactionFilter = query({
  date_from: Type.Optional(Day),
  date_to: Type.Optional(Day),
  account_id: Type.Optional(Type.String({ maxLength: 128 })),
  category: Type.Optional(Type.String({ maxLength: 64 })),
  direction: Type.Optional(Type.Union([Type.Literal('in'), Type.Literal('out')])),
  status: Type.Optional(Type.Union([Type.Literal('booked'), Type.Literal('pending')])),
  min_amount: Type.Optional(Amount),
  max_amount: Type.Optional(Amount),
  q: Type.Optional(Type.String({ maxLength: 200 })),
  currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
  /** As spending by merchant names it; empty: rows of which nobody knows whom they are with. */
  merchant: Type.Optional(Type.String({ maxLength: 200 })),
  /** The rows that a figure of that kind is made of, and no others: their totals are the figure. */
  figure: Type.Optional(Type.Union([Type.Literal('spending'), Type.Literal('cash_flow')])),
  sort: Type.Optional(Type.Union([Type.Literal('-date'), Type.Literal('date')])),
  limit: Limit,
  cursor: Cursor,
})
export type TransactionFilter = Static<typeof TransactionFilter>

/** The same filters as the list; what only orders and cuts it is left out. */
export const TransactionMonthsFilter = query(Type.Omit(TransactionFilter, ['sort', 'limit', 'cursor']).properties)
export type TransactionMonthsFilter = Static<typeof TransactionMonthsFilter>

export const transactionsRoutes = {
  transactions: route({
    method: 'GET',
    path: '/transactions',
    tag: 'Transactions',
    summary: 'Rows, filtered, by date',
    query: TransactionFilter,
    answers: { 200: S.TransactionPage },
  }),
  explainTransaction: route({
    method: 'GET',
    path: '/transactions/{id}/explain',
    tag: 'Transactions',
    summary: "One payment down to the bank's own bytes: observations, identity decisions, category's rule",
    params: Id,
    answers: { 200: S.Explanation },
    problems: ['transaction_not_found'],
  }),
  transactionMonths: route({
    method: 'GET',
    path: '/transactions/months',
    tag: 'Transactions',
    summary: 'How many rows each month has, newest first; the same filters',
    query: TransactionMonthsFilter,
    answers: { 200: S.TransactionMonths },
    problems: ['account_not_found'],
  }),
} as const satisfies Record<string, Route>
