import { Type } from 'typebox'
import { closed, Id, query, type Route, route } from '../route.ts'
import { told } from '../shapes/parts.ts'
import * as S from '../shapes.ts'

export const providersRoutes = {
  providers: route({
    method: 'GET',
    path: '/providers',
    tag: 'Connections',
    summary: 'Providers and whether they are set up',
    answers: { 200: S.page(S.ProviderInstance) },
  }),
  putProviderKeys: route({
    method: 'PUT',
    path: '/providers/{id}/keys',
    tag: 'Connections',
    scope: 'admin',
    summary: 'Keys of a provider, into the vault (operator)',
    params: Id,
    body: Type.Object(
      {
        secret_id: Type.Optional(told(Type.String({ minLength: 1, maxLength: 128 }), 'GoCardless.')),
        secret_key: Type.Optional(told(Type.String({ minLength: 1, maxLength: 512 }), 'GoCardless.')),
        application_id: Type.Optional(told(Type.String({ minLength: 1, maxLength: 128 }), 'Enable Banking.')),
        private_key: Type.Optional(
          told(Type.String({ minLength: 1, maxLength: 8192 }), 'Enable Banking: PEM, PKCS #8.'),
        ),
      },
      closed,
    ),
    answers: { 200: S.ProviderInstance },
    problems: ['provider_not_found', 'operator_only', 'keys_invalid'],
  }),
  checkProvider: route({
    method: 'POST',
    path: '/providers/{id}/check',
    tag: 'Connections',
    scope: 'admin',
    summary: 'Ask the provider whether the keys do (operator)',
    params: Id,
    answers: { 200: S.ProviderCheck },
    problems: ['provider_not_found', 'operator_only', 'provider_not_configured'],
  }),
  institutions: route({
    method: 'GET',
    path: '/institutions',
    tag: 'Connections',
    summary: 'Banks of a country',
    query: query({
      country: Type.Optional(
        Type.String({ pattern: '^[A-Za-z]{2}$', default: 'GB', description: 'ISO 3166-1, two letters.' }),
      ),
      q: Type.Optional(Type.String({ maxLength: 100, description: 'Found in the name or the BIC, in any case.' })),
    }),
    answers: { 200: S.page(S.Institution) },
    problems: ['provider_unavailable'],
  }),
} as const satisfies Record<string, Route>
