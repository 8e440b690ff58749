import { type Static, Type } from 'typebox'
import { Logo, told } from './parts.ts'

export const ProviderInstance = Type.Object({
  id: Type.String(),
  kind: Type.String(),
  configured: Type.Boolean(),
  demo: Type.Boolean(),
  redirect_url: Type.Optional(
    told(Type.String(), 'Where the provider sends the browser back to: to be allowed there, letter for letter.'),
  ),
})
export type ProviderInstance = Static<typeof ProviderInstance>

export const ProviderCheck = told(
  Type.Object({
    ok: Type.Boolean(),
    findings: Type.Array(Type.Object({ ok: Type.Boolean(), what: Type.String(), detail: Type.String() })),
  }),
  'What asking the provider with these keys showed, in words.',
)
export type ProviderCheck = Static<typeof ProviderCheck>

export const Institution = Type.Object({
  id: Type.String(),
  provider: Type.String(),
  name: Type.String(),
  bic: Type.String(),
  countries: Type.Array(Type.String()),
  logo: Logo,
  max_history_days: Type.Integer(),
  max_consent_days: Type.Integer(),
  demo: Type.Boolean(),
})
export type Institution = Static<typeof Institution>
