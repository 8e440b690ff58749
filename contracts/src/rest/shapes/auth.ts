import { type Static, Type } from 'typebox'
import { Opaque } from './parts.ts'

export const User = Type.Object({ id: Opaque, username: Type.String() })
export type User = Static<typeof User>

export const AccessToken = Type.Object({ access_token: Type.String(), expires_in: Type.Integer() })
export type AccessToken = Static<typeof AccessToken>

export const AuthConfig = Type.Object({
  mode: Type.Union([Type.Literal('embedded'), Type.Literal('keycloak')]),
  registration: Type.Union([Type.Literal('open'), Type.Literal('invite'), Type.Literal('closed')]),
  demo: Type.Boolean(),
})
export type AuthConfig = Static<typeof AuthConfig>

export const Ok = Type.Object({ ok: Type.Boolean() })
export type Ok = Static<typeof Ok>
