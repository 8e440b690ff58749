import { Type } from 'typebox'
import { ApiScope } from '../../api-token.ts'
import { Instant } from '../../ids.ts'
import { closed, Id, Name, type Route, route } from '../route.ts'
import { told } from '../shapes/parts.ts'
import * as S from '../shapes.ts'

export const apiTokensRoutes = {
  apiTokens: route({
    method: 'GET',
    path: '/auth/tokens',
    tag: 'Auth',
    summary: 'Personal API tokens, the newest first',
    answers: { 200: S.page(S.ApiToken) },
  }),
  issueApiToken: route({
    method: 'POST',
    path: '/auth/tokens',
    tag: 'Auth',
    summary: 'A token for a script; it is shown in this answer alone',
    description:
      'Send it as `Authorization: Bearer pf_…`. `read` is for GET, `write` for every other method, `admin` (of an operator) for what only operators may. No token reaches anything under `/auth` but `GET /auth/me`. A change of the password does not end it.',
    body: Type.Object(
      {
        name: Name,
        scopes: Type.Array(ApiScope, { minItems: 1, maxItems: 3 }),
        expires_at: Type.Optional(told(Instant, 'Ahead; without it the token works until it is revoked.')),
      },
      closed,
    ),
    answers: { 201: S.IssuedApiToken },
    problems: ['operator_only', 'api_tokens_full'],
  }),
  revokeApiToken: route({
    method: 'DELETE',
    path: '/auth/tokens/{id}',
    tag: 'Auth',
    summary: 'Revoke a token: it is refused from the next second on',
    params: Id,
    answers: { 204: null },
    problems: ['api_token_not_found'],
  }),
} as const satisfies Record<string, Route>
