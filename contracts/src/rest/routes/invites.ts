import { Type } from 'typebox'
import { closed, Id, type Route, route } from '../route.ts'
import { told } from '../shapes/parts.ts'
import * as S from '../shapes.ts'

export const invitesRoutes = {
  invites: route({
    method: 'GET',
    path: '/auth/invites',
    tag: 'Auth',
    summary: 'Invitations that were made, the newest first (operator)',
    description: 'Of the last 30 days, those that were revoked left out.',
    answers: { 200: S.page(S.Invite) },
    problems: ['operator_only'],
  }),
  issueInvite: route({
    method: 'POST',
    path: '/auth/invites',
    tag: 'Auth',
    summary: 'An invitation for one person; its code is shown in this answer alone (operator)',
    description:
      'Where `REGISTRATION` is `invite`, `POST /auth/register` takes the code as `invite`; `/register?invite=<code>` of the web fills it in. It is good once.',
    body: Type.Object(
      {
        expires_in_days: Type.Optional(
          told(Type.Integer({ minimum: 1, maximum: 30, default: 7 }), 'How long it is good for.'),
        ),
      },
      closed,
    ),
    answers: { 201: S.IssuedInvite },
    problems: ['operator_only', 'invites_full'],
  }),
  revokeInvite: route({
    method: 'DELETE',
    path: '/auth/invites/{id}',
    tag: 'Auth',
    summary: 'Revoke an invitation that nobody has used (operator)',
    params: Id,
    answers: { 204: null },
    problems: ['operator_only', 'invite_not_found'],
  }),
} as const satisfies Record<string, Route>
