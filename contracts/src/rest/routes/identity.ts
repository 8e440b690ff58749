import { Type } from 'typebox'
import { closed, Id, type Route, route } from '../route.ts'
import * as S from '../shapes.ts'

export const identityRoutes = {
  identityDecisions: route({
    method: 'GET',
    path: '/identity/decisions',
    tag: 'Identity',
    summary: 'Your words on what is one payment, newest first',
    answers: { 200: S.page(S.IdentityDecision) },
  }),
  decideIdentity: route({
    method: 'POST',
    path: '/identity/decisions',
    tag: 'Identity',
    summary: 'Say what is one payment and what is not',
    body: Type.Object(
      {
        transaction_ids: Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
          minItems: 1,
          maxItems: 20,
          description:
            'Of one account and one currency. `same`: two or more; `different`: one that was merged, or two.',
        }),
        verdict: Type.Union([Type.Literal('same'), Type.Literal('different')]),
      },
      closed,
    ),
    answers: { 201: S.IdentityDecision },
    mayLag: true,
    problems: ['transaction_not_found', 'accounts_differ', 'currencies_differ', 'nothing_to_split'],
  }),
  undecideIdentity: route({
    method: 'DELETE',
    path: '/identity/decisions/{id}',
    tag: 'Identity',
    summary: 'Take the word back',
    params: Id,
    answers: { 204: null },
    mayLag: true,
    problems: ['decision_not_found'],
  }),
  rulesReport: route({
    method: 'GET',
    path: '/identity/rules',
    tag: 'Identity',
    summary: 'What the newest rules would make of everything that was kept',
    answers: { 200: S.RulesReport },
  }),
  switchRules: route({
    method: 'POST',
    path: '/identity/rules/switch',
    tag: 'Identity',
    summary: 'Take the newest rules for everything that was kept',
    answers: { 200: S.RulesReport },
    mayLag: true,
  }),
} as const satisfies Record<string, Route>
