import { type Static, Type } from 'typebox'
import { Instant } from '../../ids.ts'
import { SecurityAction } from '../../security-action.ts'
import { Nullable, Opaque, told } from './parts.ts'

export const RegisteredUser = Type.Object({ id: Opaque, username: Type.String() })
export type RegisteredUser = Static<typeof RegisteredUser>

export const User = Type.Object({
  id: Opaque,
  username: Type.String(),
  roles: told(
    Type.Array(Type.Union([Type.Literal('user'), Type.Literal('operator')])),
    'What the token that asks may: `operator` runs the installation. An API token has it with scope `admin` alone.',
  ),
})
export type User = Static<typeof User>

export const AccessToken = Type.Object({ access_token: Type.String(), expires_in: Type.Integer() })
export type AccessToken = Static<typeof AccessToken>

export const AuthConfig = Type.Object({
  mode: Type.Union([Type.Literal('embedded'), Type.Literal('keycloak')]),
  registration: Type.Union([Type.Literal('open'), Type.Literal('invite'), Type.Literal('closed')]),
  invite_needed: told(
    Type.Boolean(),
    "A registration takes an invitation now, or, where nobody is registered yet, the first operator's one-time code.",
  ),
  second_factors: told(Type.Boolean(), 'Codes from an app, and recovery codes, can be set up here (/auth/mfa).'),
  passkeys: told(Type.Boolean(), 'Passkeys can be registered here and signed in with (/auth/passkeys).'),
  demo: Type.Boolean(),
  keycloak: Type.Optional(
    Type.Object(
      { url: Type.String(), realm: Type.String(), client_id: Type.String() },
      { description: 'Where browsers sign in, in mode `keycloak`: authorization code with PKCE (S256).' },
    ),
  ),
})
export type AuthConfig = Static<typeof AuthConfig>

export const RotatedSigningKeys = Type.Object({
  rotated: told(Type.Boolean(), 'False where a key was made within the last minute: that one stands.'),
  signs_from: told(Instant, 'When the newest key begins to sign; every gateway knows it by then.'),
})
export type RotatedSigningKeys = Static<typeof RotatedSigningKeys>

export const Ok = Type.Object({ ok: Type.Boolean() })
export type Ok = Static<typeof Ok>

export const Session = Type.Object({
  id: Opaque,
  started_at: Instant,
  last_seen_at: told(Instant, 'When it began or was refreshed last: every 15 minutes while it is in use.'),
  expires_at: told(Instant, 'When it ends by itself, unless it is refreshed before.'),
  address: told(Nullable(Type.String()), 'Where it was seen last; null where that was not kept yet.'),
  device: told(Nullable(Type.String()), 'As the browser calls itself, in words: Firefox 132 on Linux.'),
  current: told(Type.Boolean(), 'It is the one that asks.'),
})
export type Session = Static<typeof Session>

export const SecurityEvent = Type.Object({
  id: Opaque,
  at: Instant,
  action: SecurityAction,
  user_id: told(Nullable(Type.String()), 'Null where nobody was proven: a log-in under a name that nobody has.'),
  session_id: Nullable(Type.String()),
  address: Nullable(Type.String()),
  device: Nullable(Type.String()),
})
export type SecurityEvent = Static<typeof SecurityEvent>
