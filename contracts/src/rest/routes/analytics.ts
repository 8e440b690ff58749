import { type Static, Type } from 'typebox'
import { Day } from '../../ids.ts'
import { ById, query, type Route, route } from '../route.ts'
import { told } from '../shapes/parts.ts'
import * as S from '../shapes.ts'

const From = Type.Optional(told(Day, 'First day, in the zone of each account.'))
const To = Type.Optional(told(Day, 'Last day, in the zone of each account.'))
const OfAccount = ById('Of this account alone.')
const Currency = Type.Optional(Type.String({ pattern: '^[A-Z]{3}$', description: 'Rows of this currency alone.' }))
const ConvertTo = Type.Optional(
  Type.String({
    pattern: '^[A-Z]{3}$',
    description:
      'Amounts in this currency where a dated rate leads there; else they stay in their own (`unconverted`).',
  }),
)

export const SpendingQuery = query({
  group_by: Type.Optional(
    Type.String({
      pattern: '^(day|week|month|category|merchant|account)(,(day|week|month|category|merchant|account))*$',
      description:
        'Out of day, week, month (at most one of them), category, merchant, account; default month,category.',
    }),
  ),
  date_from: From,
  date_to: To,
  account_id: OfAccount,
  currency: Currency,
  convert_to: ConvertTo,
})
export type SpendingQuery = Static<typeof SpendingQuery>

export const CashFlowQuery = query({
  interval: Type.Optional(
    told(Type.Union([Type.Literal('day'), Type.Literal('week'), Type.Literal('month')]), 'Of a row; default month.'),
  ),
  date_from: From,
  date_to: To,
  account_id: OfAccount,
  currency: Currency,
  convert_to: ConvertTo,
})
export type CashFlowQuery = Static<typeof CashFlowQuery>

export const NetWorthQuery = query({
  interval: Type.Optional(told(Type.Union([Type.Literal('day'), Type.Literal('month')]), 'Of a row; default month.')),
  date_from: From,
  date_to: To,
  currency: Currency,
  convert_to: ConvertTo,
})
export type NetWorthQuery = Static<typeof NetWorthQuery>

export const RecurringQuery = query({
  account_id: OfAccount,
  status: Type.Optional(
    told(Type.Union([Type.Literal('active'), Type.Literal('late'), Type.Literal('ended')]), 'In this state alone.'),
  ),
})
export type RecurringQuery = Static<typeof RecurringQuery>

export const analyticsRoutes = {
  spending: route({
    method: 'GET',
    path: '/analytics/spending',
    tag: 'Analytics',
    summary: 'Spent by period, category, merchant, account; own transfers left out',
    description:
      'Amounts are positive, refunds taken off. Each row is the sum of exactly the rows that `GET /transactions?figure=spending` lists with the same filters.',
    query: SpendingQuery,
    answers: { 200: S.SpendingAnswer },
    problems: ['account_not_found', 'payload_too_large'],
  }),
  cashFlow: route({
    method: 'GET',
    path: '/analytics/cash-flow',
    tag: 'Analytics',
    summary: 'In, out and net by period; own transfers left out',
    query: CashFlowQuery,
    answers: { 200: S.CashFlowAnswer },
    problems: ['account_not_found', 'payload_too_large'],
  }),
  netWorth: route({
    method: 'GET',
    path: '/analytics/net-worth',
    tag: 'Analytics',
    summary: 'What all counted accounts hold and owe, at the end of each day or month',
    query: NetWorthQuery,
    answers: { 200: S.NetWorthAnswer },
    problems: ['payload_too_large'],
  }),
  recurring: route({
    method: 'GET',
    path: '/analytics/recurring',
    tag: 'Analytics',
    summary: 'Payments that come back: how often, how much, when next, what changed',
    query: RecurringQuery,
    answers: { 200: S.RecurringAnswer },
    problems: ['account_not_found'],
  }),
} as const satisfies Record<string, Route>
