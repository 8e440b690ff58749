import { type Static, Type } from 'typebox'
import { Day } from '../../ids.ts'
import { query, type Route, route } from '../route.ts'
import * as S from '../shapes.ts'

/** Amounts in this currency where a dated rate leads there; else they stay in their own. */
const ConvertTo = Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' }))

export const SpendingQuery = query({
  group_by: Type.Optional(
    Type.String({
      pattern: '^(day|week|month|category|merchant|account)(,(day|week|month|category|merchant|account))*$',
    }),
  ),
  date_from: Type.Optional(Day),
  date_to: Type.Optional(Day),
  account_id: Type.Optional(Type.String({ maxLength: 128 })),
  currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
  convert_to: ConvertTo,
})
export type SpendingQuery = Static<typeof SpendingQuery>

export const CashFlowQuery = query({
  interval: Type.Optional(Type.Union([Type.Literal('day'), Type.Literal('week'), Type.Literal('month')])),
  date_from: Type.Optional(Day),
  date_to: Type.Optional(Day),
  account_id: Type.Optional(Type.String({ maxLength: 128 })),
  currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
  convert_to: ConvertTo,
})
export type CashFlowQuery = Static<typeof CashFlowQuery>

export const NetWorthQuery = query({
  interval: Type.Optional(Type.Union([Type.Literal('day'), Type.Literal('month')])),
  date_from: Type.Optional(Day),
  date_to: Type.Optional(Day),
  currency: Type.Optional(Type.String({ pattern: '^[A-Z]{3}$' })),
  convert_to: ConvertTo,
})
export type NetWorthQuery = Static<typeof NetWorthQuery>

export const RecurringQuery = query({
  account_id: Type.Optional(Type.String({ maxLength: 128 })),
  status: Type.Optional(Type.Union([Type.Literal('active'), Type.Literal('late'), Type.Literal('ended')])),
})
export type RecurringQuery = Static<typeof RecurringQuery>

export const analyticsRoutes = {
  spending: route({
    method: 'GET',
    path: '/analytics/spending',
    tag: 'Analytics',
    summary: 'Spent by period, category, merchant, account; own transfers left out',
    query: SpendingQuery,
    answers: { 200: S.SpendingAnswer },
  }),
  cashFlow: route({
    method: 'GET',
    path: '/analytics/cash-flow',
    tag: 'Analytics',
    summary: 'In, out and net by period; own transfers left out',
    query: CashFlowQuery,
    answers: { 200: S.CashFlowAnswer },
  }),
  netWorth: route({
    method: 'GET',
    path: '/analytics/net-worth',
    tag: 'Analytics',
    summary: 'What all counted accounts hold and owe, at the end of each day or month',
    query: NetWorthQuery,
    answers: { 200: S.NetWorthAnswer },
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
