import { Type } from 'typebox'
import { closed, Id, Name, query, type Route, route } from '../route.ts'
import * as S from '../shapes.ts'

export const connectionsRoutes = {
  logo: route({
    method: 'GET',
    path: '/logos/{name}',
    tag: 'Connections',
    open: true,
    summary: "A bank's logo: `logo` of a bank is this path",
    description:
      'Fetched by the server from the hosts that the providers name, once, and kept: a page calls no other origin. The address changes with the logo, so it may be kept for good.',
    params: Type.Object(
      {
        name: Type.String({
          pattern: '^[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{1,400}$',
          description: 'As a bank’s `logo` has it; nobody else can make one.',
        }),
      },
      closed,
    ),
    answers: { 200: null },
    media: 'image/png, image/jpeg, image/gif, image/webp',
    problems: ['logo_not_found'],
  }),
  requestConnection: route({
    method: 'POST',
    path: '/connections',
    tag: 'Connections',
    summary: 'Ask for a bank; send the browser to `link`',
    body: Type.Object(
      {
        institution_id: Type.String({ minLength: 1, maxLength: 128, description: '`id` of `GET /institutions`.' }),
        provider: Type.Optional(
          Type.String({ maxLength: 32, description: 'Which provider, where the bank comes by several.' }),
        ),
        friendly_name: Type.Optional(Name),
      },
      closed,
    ),
    setsCookie: true,
    answers: { 201: S.ConsentLink },
    mayLag: true,
    problems: [
      'institution_not_found',
      'provider_ambiguous',
      'provider_not_configured',
      'provider_unavailable',
      'provider_refused',
    ],
  }),
  connectionCallback: route({
    method: 'GET',
    path: '/connections/callback',
    tag: 'Connections',
    open: true,
    summary: "The browser's return from the bank; safe to repeat",
    query: Type.Object(
      {
        ref: Type.Optional(Type.String({ maxLength: 256, description: 'GoCardless: which requisition came back.' })),
        code: Type.Optional(
          Type.String({ maxLength: 2048, description: 'Enable Banking: used once, within minutes.' }),
        ),
        state: Type.Optional(
          Type.String({ maxLength: 256, description: 'Enable Banking: which authorisation came back.' }),
        ),
        error: Type.Optional(
          Type.String({ maxLength: 128, description: 'Why there is no consent, as the bank says it.' }),
        ),
        details: Type.Optional(Type.String({ maxLength: 1024, description: 'The same in words; not kept.' })),
      },
      { additionalProperties: true },
    ),
    answers: { 302: null },
  }),
  completeConnection: route({
    method: 'POST',
    path: '/connections/{id}/complete',
    tag: 'Connections',
    summary: "The owner's confirmation after a return on another device",
    params: Id,
    body: Type.Object({}, closed),
    answers: { 200: S.Connection },
    problems: ['connection_not_found', 'requisition_superseded'],
  }),
  connections: route({
    method: 'GET',
    path: '/connections',
    tag: 'Connections',
    summary: 'Connected banks',
    answers: { 200: S.page(S.Connection) },
  }),
  connection: route({
    method: 'GET',
    path: '/connections/{id}',
    tag: 'Connections',
    summary: 'One connected bank',
    params: Id,
    answers: { 200: S.Connection },
    problems: ['connection_not_found'],
  }),
  renameConnection: route({
    method: 'PATCH',
    path: '/connections/{id}',
    tag: 'Connections',
    summary: 'Give it a name',
    params: Id,
    body: Type.Object({ friendly_name: Name }, closed),
    answers: { 200: S.Connection },
    mayLag: true,
    problems: ['connection_not_found', 'connection_removed'],
  }),
  renewConnection: route({
    method: 'POST',
    path: '/connections/{id}/renew',
    tag: 'Connections',
    summary: 'Renew the consent in place',
    params: Id,
    setsCookie: true,
    answers: { 200: S.ConsentLink },
    mayLag: true,
    problems: ['connection_not_found', 'connection_removed', 'provider_unavailable'],
  }),
  removeConnection: route({
    method: 'DELETE',
    path: '/connections/{id}',
    tag: 'Connections',
    summary:
      'End the consent at the provider; its history stays, or (erase=true) goes with the accounts that only it feeds',
    params: Id,
    query: query({
      erase: Type.Optional(
        Type.Boolean({
          default: false,
          description: '`true`: the history of accounts that nothing else feeds goes as well.',
        }),
      ),
    }),
    answers: { 202: S.ConnectionErasure, 204: null },
    mayLag: true,
    problems: ['connection_not_found'],
  }),
} as const satisfies Record<string, Route>
