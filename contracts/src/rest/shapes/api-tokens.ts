import { type Static, Type } from 'typebox'
import { ApiScope } from '../../api-token.ts'
import { Instant } from '../../ids.ts'
import { Nullable, Opaque, told } from './parts.ts'

/** A personal API token as its owner sees it afterwards: everything but the token. */
export const ApiToken = Type.Object({
  id: Opaque,
  name: Type.String(),
  scopes: told(Type.Array(ApiScope), 'None holds another: a token that is to read and to write has both.'),
  created_at: Instant,
  expires_at: told(Nullable(Instant), 'Null: it works until it is revoked.'),
  last_used_at: told(Nullable(Instant), 'To the minute; null before its first use.'),
})
export type ApiToken = Static<typeof ApiToken>

export const IssuedApiToken = Type.Object({
  ...ApiToken.properties,
  token: told(Type.String(), 'Shown here and nowhere else, once: `pf_` and 39 letters and digits.'),
})
export type IssuedApiToken = Static<typeof IssuedApiToken>
