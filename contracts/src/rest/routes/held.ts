import { Type } from 'typebox'
import { Day } from '../../ids.ts'
import { ById, Cursor, closed, Id, Limit, query, type Route, route } from '../route.ts'
import { told } from '../shapes/parts.ts'
import * as S from '../shapes.ts'

export const heldRoutes = {
  held: route({
    method: 'GET',
    path: '/held',
    tag: 'Held rows',
    summary: 'Rows that wait for a word of yours, newest first',
    query: query({
      account_id: ById('Of this account alone.'),
      decided: Type.Optional(
        Type.Boolean({ default: false, description: '`true`: those on which a word was said instead.' }),
      ),
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
        verdict: told(
          Type.Union([Type.Literal('accept'), Type.Literal('dismiss'), Type.Literal('same')]),
          '`accept`: a payment of its own; `same`: the one of `transaction_id`; `dismiss`: none. One of the row’s `verdicts`.',
        ),
        date: Type.Optional(told(Day, 'With `accept`, where the row’s own could not be read.')),
        amount: Type.Optional(told(S.Money, 'With `accept`, where the row’s own could not be read.')),
        transaction_id: ById('With `same`: which payment it is.'),
      },
      closed,
    ),
    answers: { 200: S.HeldItem },
    mayLag: true,
    problems: ['held_not_found', 'held_decided', 'held_correction_needed', 'transaction_not_found'],
  }),
  undecideHeld: route({
    method: 'DELETE',
    path: '/held/{id}/decision',
    tag: 'Held rows',
    summary: 'Take the word back',
    params: Id,
    answers: { 204: null },
    mayLag: true,
    problems: ['held_not_found', 'held_undecided'],
  }),
} as const satisfies Record<string, Route>
