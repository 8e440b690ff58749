import { type Static, Type } from 'typebox'
import { Day } from '../../ids.ts'
import { ById, Cursor, Id, Limit, query, type Route, route } from '../route.ts'
import { told } from '../shapes/parts.ts'
import * as S from '../shapes.ts'

const Amount = (description: string) =>
  Type.Optional(Type.String({ pattern: '^-?\\d{1,15}(\\.\\d{1,4})?$', description }))

export const TransactionFilter = query({
  date_from: Type.Optional(told(Day, 'First day, in the zone of each account.')),
  date_to: Type.Optional(told(Day, 'Last day, in the zone of each account.')),
  account_id: ById('Of this account alone.'),
  category: Type.Optional(Type.String({ maxLength: 64, description: 'Of this category alone, such as `groceries`.' })),
  direction: Type.Optional(
    told(Type.Union([Type.Literal('in'), Type.Literal('out')]), '`in`: credits alone; `out`: debits alone.'),
  ),
  status: Type.Optional(
    told(Type.Union([Type.Literal('booked'), Type.Literal('pending')]), 'In this state alone; both unless told.'),
  ),
  min_amount: Amount('Least amount, debits negative: `-50` leaves out what cost more than 50.'),
  max_amount: Amount('Greatest amount, debits negative: `-10` finds what cost 10 and more.'),
  q: Type.Optional(Type.String({ maxLength: 200, description: 'Found in description or counterparty, in any case.' })),
  currency: Type.Optional(
    Type.String({ pattern: '^[A-Z]{3}$', description: 'ISO 4217: rows of this currency alone.' }),
  ),
  merchant: Type.Optional(
    told(
      Type.String({ maxLength: 200 }),
      'As spending by merchant names it; empty: rows of which nobody knows whom they are with.',
    ),
  ),
  figure: Type.Optional(
    told(
      Type.Union([Type.Literal('spending'), Type.Literal('cash_flow')]),
      'The rows that a figure of that kind is made of, and no others: their totals are the figure.',
    ),
  ),
  sort: Type.Optional(
    told(Type.Union([Type.Literal('-date'), Type.Literal('date')]), '`-date` (newest first) unless told.'),
  ),
  limit: Limit,
  cursor: Cursor,
})
export type TransactionFilter = Static<typeof TransactionFilter>

/** The same filters as the list; what only orders and cuts it is left out. */
export const TransactionMonthsFilter = query(Type.Omit(TransactionFilter, ['sort', 'limit', 'cursor']).properties)
export type TransactionMonthsFilter = Static<typeof TransactionMonthsFilter>

export const TransactionExportQuery = query({
  ...TransactionMonthsFilter.properties,
  format: told(Type.Union([Type.Literal('csv'), Type.Literal('parquet')]), 'For a spreadsheet, or for a program.'),
})

export const transactionsRoutes = {
  transactions: route({
    method: 'GET',
    path: '/transactions',
    tag: 'Transactions',
    summary: 'Rows, filtered, by date',
    description:
      'The first page carries `totals` over all rows that the filters find. Pages are stable: rows that arrive between two of them neither repeat nor hide others.',
    query: TransactionFilter,
    answers: { 200: S.TransactionPage },
    problems: ['account_not_found'],
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
  exportTransactions: route({
    method: 'GET',
    path: '/transactions/export',
    tag: 'Transactions',
    summary: 'All rows that the list has with these filters, as a file',
    description: `As of one moment, newest first, however many there are. CSV (UTF-8, header, RFC 4180): amounts and dates are plain
(\`-12.34\`, \`2026-05-03\`); text that a spreadsheet would take for a formula (it begins with = + - @, a tab or a line break)
has an apostrophe before it. Parquet: typed (\`DECIMAL(20,4)\`, \`DATE\`, \`UUID\`), text as it is, and \`amount_minor\` beside.`,
    query: TransactionExportQuery,
    answers: { 200: null },
    media: 'text/csv, application/vnd.apache.parquet',
    problems: ['account_not_found', 'overloaded'],
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
