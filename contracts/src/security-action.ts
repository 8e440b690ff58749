import { type Static, Type } from 'typebox'

/** What the audit trail tells. A new one is added here; one that was told once stays. */
export const SecurityAction = Type.Union([
  Type.Literal('registered'),
  Type.Literal('signed_in'),
  Type.Literal('sign_in_failed'),
  Type.Literal('signed_out'),
  Type.Literal('session_revoked'),
  Type.Literal('refresh_reused'),
  Type.Literal('password_changed'),
  Type.Literal('password_refused'),
  Type.Literal('second_factor_changed'),
  Type.Literal('passkey_changed'),
  Type.Literal('passkey_copied'),
  Type.Literal('api_token_issued'),
  Type.Literal('api_token_revoked'),
  Type.Literal('invite_issued'),
  Type.Literal('invite_revoked'),
  Type.Literal('signing_keys_rotated'),
  Type.Literal('provider_keys_changed'),
])
export type SecurityAction = Static<typeof SecurityAction>
