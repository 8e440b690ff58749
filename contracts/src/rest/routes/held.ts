import { Type } from 'typebox'
import { Day } from '../../ids.ts'
import { Cursor, closed, Id, Limit, query, type Route, route } from '../route.ts'
import * as S from '../shapes.ts'

export const heldRoutes = {
  held: route({
    method: 'GET',
    path: '/held',
    tag: 'Held rows',
    summary: 'Rows that wait for a word of yours, newest first',
    query: query({
      account_id: Type.Optional(Type.String({ maxLength: 128 })),
      decided: Type.Optional(Type.Boolean({ default: false })),
      limit: Limit,
      cursor: Cursor,
    }),
    answers: { 200: S.page(S.HeldItem) },
  }),
  decideHeld: route({
    method: 'POST',
    path: '/held/{id}/decision',
    tag: 'Held rows',
    summary: 'Accept it (with what could not be read), say which payment it is, or leave it out',
    params: Id,
    body: Type.Object(
      {
        verdict: Type.Union([Type.Literal('accept'), Type.Literal('dismiss'), Type.Literal('same')]),
        date: Type.Optional(Day),
        amount: Type.Optional(S.Money),
        transaction_id: Type.Optional(Type.String({ maxLength: 128 })),
      },
      closed,
    ),
    answers: { 200: S.HeldItem },
    problems: ['held_not_found', 'held_decided', 'held_correction_needed', 'transaction_not_found'],
  }),
  undecideHeld: route({
    method: 'DELETE',
    path: '/held/{id}/decision',
    tag: 'Held rows',
    summary: 'Take the word back',
    params: Id,
    answers: { 204: null },
    problems: ['held_not_found', 'held_undecided'],
  }),
} as const satisfies Record<string, Route>
