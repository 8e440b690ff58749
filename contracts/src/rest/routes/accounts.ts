import { Type } from 'typebox'
import { Day } from '../../ids.ts'
import { closed, Id, Name, query, type Route, route } from '../route.ts'
import * as S from '../shapes.ts'

export const accountsRoutes = {
  accounts: route({
    method: 'GET',
    path: '/accounts',
    tag: 'Accounts',
    summary: 'Accounts with their balances',
    query: query({ connection_id: Type.Optional(Type.String({ maxLength: 128 })) }),
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
  renameAccount: route({
    method: 'PATCH',
    path: '/accounts/{id}',
    tag: 'Accounts',
    summary: 'Give it a name',
    params: Id,
    body: Type.Object({ name: Name }, closed),
    answers: { 200: S.Account },
    problems: ['account_not_found'],
  }),
  accountBalances: route({
    method: 'GET',
    path: '/accounts/{id}/balances',
    tag: 'Accounts',
    summary: 'Booked balance by day',
    params: Id,
    query: query({ from: Type.Optional(Day), to: Type.Optional(Day) }),
    answers: { 200: Type.Object({ items: Type.Array(S.DailyBalance), as_of: S.AsOf }) },
    problems: ['account_not_found'],
  }),
  accountProof: route({
    method: 'GET',
    path: '/accounts/{id}/proof',
    tag: 'Accounts',
    summary: 'Whether the rows between two stated balances explain them',
    params: Id,
    query: query({ from: Type.Optional(Day), to: Type.Optional(Day) }),
    answers: { 200: S.ProofAnswer },
    problems: ['account_not_found'],
  }),
} as const satisfies Record<string, Route>
