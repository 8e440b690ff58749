import { defineEntity, type InferEntity, p } from '@mikro-orm/core'
import { ApiToken } from './api-tokens.ts'
import { Invite } from './invites.ts'
import { ProviderSession } from './provider-sessions.ts'
import { SecurityEvent, Session } from './sessions.ts'

/** Wrapped roots of data keys; `accountId` is '' for the space's own. */
export const DataKey = defineEntity({
  name: 'DataKey',
  schema: 'vault',
  tableName: 'keys',
  properties: {
    spaceId: p.text().primary(),
    accountId: p.text().primary(),
    rootId: p.text(),
    generation: p.integer(),
    wrapped: p.uint8array(),
  },
})
export type DataKey = InferEntity<typeof DataKey>

/** Small secrets, sealed (provider tokens). */
export const Secret = defineEntity({
  name: 'Secret',
  schema: 'vault',
  tableName: 'secrets',
  properties: {
    name: p.text().primary(),
    sealed: p.uint8array(),
  },
})
export type Secret = InferEntity<typeof Secret>

/**
 * Who signs in with what (auth). `username` is unique whatever its case; `passwordHash` is argon2id's own encoding, null where
 * another provider knows the password; `passwordVersion` counts its changes. `subject` is the issuer's name for the user, null where that is `userId`.
 */
export const Credential = defineEntity({
  name: 'Credential',
  schema: 'vault',
  tableName: 'credentials',
  properties: {
    userId: p.uuid().primary(),
    spaceId: p.uuid(),
    username: p.text(),
    passwordHash: p.text().nullable(),
    passwordVersion: p.integer().default(1),
    issuer: p.text().default('personal-finances'),
    subject: p.text().nullable(),
    roles: p.array().columnType('text[]').$type<string[]>(),
    createdAt: p.datetime(),
  },
})
export type Credential = InferEntity<typeof Credential>

/** One rotating refresh token (auth). `family` is the session's id; only hashes are kept, never a token. */
export const RefreshToken = defineEntity({
  name: 'RefreshToken',
  schema: 'vault',
  tableName: 'refresh_tokens',
  properties: {
    hash: p.text().primary(),
    family: p.uuid(),
    userId: p.uuid(),
    issuedAt: p.datetime(),
    expiresAt: p.datetime(),
    usedAt: p.datetime().nullable(),
    successorHash: p.text().nullable(),
    endedAt: p.datetime().nullable(),
    reason: p.text().nullable(),
  },
})
export type RefreshToken = InferEntity<typeof RefreshToken>

/** Keys that sign access tokens (auth). `sealedPrivateJwk`: by `SecretBox.seal('signing-key/<kid>', …)`. */
export const SigningKey = defineEntity({
  name: 'SigningKey',
  schema: 'vault',
  tableName: 'signing_keys',
  properties: {
    kid: p.text().primary(),
    sealedPrivateJwk: p.uint8array(),
    publicJwk: p.json().$type<Record<string, unknown>>(),
    createdAt: p.datetime(),
    retiresAt: p.datetime(),
  },
})
export type SigningKey = InferEntity<typeof SigningKey>

/** What a user's pages remember (auth). `place` is the key's fingerprint; `sealed` under the space's key holds key and value. */
export const KeptPreference = defineEntity({
  name: 'KeptPreference',
  schema: 'vault',
  tableName: 'preferences',
  properties: {
    place: p.text().primary(),
    userId: p.uuid(),
    spaceId: p.uuid(),
    revision: p.uuid(),
    keyId: p.text(),
    sealed: p.uint8array(),
  },
})
export type KeptPreference = InferEntity<typeof KeptPreference>

/** For `entities` of whoever opens the ORM. */
export const vaultEntities = [
  DataKey,
  Secret,
  Credential,
  RefreshToken,
  SigningKey,
  KeptPreference,
  ApiToken,
  Invite,
  Session,
  SecurityEvent,
  ProviderSession,
] as const
