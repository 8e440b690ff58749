import { Type } from 'typebox'
import { Day } from '../../ids.ts'
import { ById, closed, Id, Name, query, type Route, route } from '../route.ts'
import { told } from '../shapes/parts.ts'
import * as S from '../shapes.ts'

const Between = query({
  from: Type.Optional(told(Day, "First day, in the account's zone.")),
  to: Type.Optional(told(Day, "Last day, in the account's zone.")),
})

export const accountsRoutes = {
  accounts: route({
    method: 'GET',
    path: '/accounts',
    tag: 'Accounts',
    summary: 'Accounts with their balances',
    query: query({ connection_id: ById('That this connection feeds.') }),
    answers: { 200: S.page(S.Account) },
  }),
  account: route({
    method: 'GET',
    path: '/accounts/{id}',
    tag: 'Accounts',
    summary: 'One account',
    params: Id,
    answers: { 200: S.Account },
    problems: ['account_not_found'],
  }),
  changeAccount: route({
    method: 'PATCH',
    path: '/accounts/{id}',
    tag: 'Accounts',
    summary: 'Give it a name, or say what kind of account it is',
    params: Id,
    body: Type.Object(
      { name: Type.Optional(Name), kind: Type.Optional(S.ChosenKind) },
      { ...closed, minProperties: 1 },
    ),
    answers: { 200: S.Account },
    mayLag: true,
    problems: ['account_not_found'],
  }),
  accountBalances: route({
    method: 'GET',
    path: '/accounts/{id}/balances',
    tag: 'Accounts',
    summary: 'Booked balance by day',
    params: Id,
    query: Between,
    answers: { 200: S.BalancesAnswer },
    problems: ['account_not_found', 'payload_too_large'],
  }),
  accountProof: route({
    method: 'GET',
    path: '/accounts/{id}/proof',
    tag: 'Accounts',
    summary: 'Whether the rows between two stated balances explain them',
    params: Id,
    query: Between,
    answers: { 200: S.ProofAnswer },
    problems: ['account_not_found'],
  }),
} as const satisfies Record<string, Route>
