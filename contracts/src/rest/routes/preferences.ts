import { Type } from 'typebox'
import { closed, type Route, route } from '../route.ts'
import * as S from '../shapes.ts'

const Key = Type.Object(
  {
    key: Type.String({
      pattern: '^[a-z][a-z0-9._-]{0,63}$',
      description: 'Of the page that keeps it, such as `transactions.filters`.',
    }),
  },
  closed,
)

export const preferencesRoutes = {
  preferences: route({
    method: 'GET',
    path: '/preferences',
    tag: 'Preferences',
    summary: 'What pages remember for you, by key',
    answers: { 200: S.page(S.Preference) },
  }),
  preference: route({
    method: 'GET',
    path: '/preferences/{key}',
    tag: 'Preferences',
    summary: 'One of them; its ETag goes into the If-Match of a change',
    params: Key,
    answers: { 200: S.Preference },
    problems: ['preference_not_found'],
  }),
  putPreference: route({
    method: 'PUT',
    path: '/preferences/{key}',
    tag: 'Preferences',
    summary: 'Remember a value; If-Match: only over the one you read, If-None-Match: * only where there is none',
    params: Key,
    body: Type.Object({ value: Type.Unknown() }, closed),
    answers: { 200: S.Preference },
    problems: ['precondition_failed', 'preferences_full', 'payload_too_large'],
  }),
  deletePreference: route({
    method: 'DELETE',
    path: '/preferences/{key}',
    tag: 'Preferences',
    summary: 'Forget it',
    params: Key,
    answers: { 204: null },
    problems: ['preference_not_found', 'precondition_failed'],
  }),
} as const satisfies Record<string, Route>
