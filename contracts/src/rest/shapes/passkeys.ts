import { type Static, Type } from 'typebox'
import { Instant } from '../../ids.ts'
import { Nullable, Opaque, oneOf, told } from './parts.ts'

export const Passkey = Type.Object({
  id: Opaque,
  name: Type.String(),
  created_at: Instant,
  last_used_at: Nullable(Instant),
  synced: told(Type.Boolean(), "Kept by its owner's provider (such as a password manager) on more devices than one."),
})
export type Passkey = Static<typeof Passkey>

/** Bytes as WebAuthn's JSON has them. */
const Base64Url = (maxLength: number) => Type.String({ minLength: 1, maxLength, pattern: '^[A-Za-z0-9_-]+$' })
const KeyType = Type.Literal('public-key')
/** `usb`, `nfc`, `ble`, `hybrid`, `internal` or what authenticators will come by: a hint for browsers, and no more. */
const Transports = Type.Array(Type.String({ maxLength: 32 }), { maxItems: 16 })
const Descriptor = Type.Object({ id: Type.String(), type: KeyType, transports: Type.Optional(Transports) })

export const PasskeyCreation = told(
  Type.Object({
    rp: Type.Object({ id: Type.String(), name: Type.String() }),
    user: Type.Object({ id: Type.String(), name: Type.String(), displayName: Type.String() }),
    challenge: Type.String(),
    pubKeyCredParams: Type.Array(Type.Object({ type: KeyType, alg: Type.Integer() })),
    timeout: told(Type.Integer(), 'Milliseconds; the challenge is good for as long, once.'),
    excludeCredentials: Type.Array(Descriptor),
    authenticatorSelection: Type.Object({
      residentKey: Type.Literal('required'),
      requireResidentKey: Type.Literal(true),
      userVerification: Type.Literal('required'),
    }),
    attestation: Type.Literal('none'),
  }),
  'PublicKeyCredentialCreationOptionsJSON of WebAuthn (level 3): what `navigator.credentials.create` is asked with.',
)
export type PasskeyCreation = Static<typeof PasskeyCreation>

export const PasskeyRequest = told(
  Type.Object({
    rpId: Type.String(),
    challenge: Type.String(),
    timeout: told(Type.Integer(), 'Milliseconds; the challenge is good for as long, once.'),
    userVerification: Type.Literal('required'),
  }),
  'PublicKeyCredentialRequestOptionsJSON of WebAuthn (level 3): what `navigator.credentials.get` is asked with. It names no passkey: the browser lists those it has.',
)
export type PasskeyRequest = Static<typeof PasskeyRequest>

const attachment = Type.Optional(oneOf(['platform', 'cross-platform']))
const ofBrowser = {
  id: Base64Url(1366),
  rawId: Base64Url(1366),
  type: KeyType,
  authenticatorAttachment: attachment,
  clientExtensionResults: told(Type.Object({}), 'As the browser says it; nothing of it is read.'),
}

export const PasskeyAttestation = told(
  Type.Object({
    ...ofBrowser,
    response: Type.Object({
      clientDataJSON: Base64Url(4096),
      attestationObject: Base64Url(16_384),
      transports: Type.Optional(Transports),
    }),
  }),
  'RegistrationResponseJSON of WebAuthn (level 3), as `toJSON()` of a new credential makes it; other members are not read.',
)
export type PasskeyAttestation = Static<typeof PasskeyAttestation>

export const PasskeyAssertion = told(
  Type.Object({
    ...ofBrowser,
    response: Type.Object({
      clientDataJSON: Base64Url(4096),
      authenticatorData: Base64Url(4096),
      signature: Base64Url(4096),
      userHandle: Type.Optional(told(Base64Url(86), 'Whose it is: passkeys tell it.')),
    }),
  }),
  'AuthenticationResponseJSON of WebAuthn (level 3), as `toJSON()` of a credential that was got makes it; other members are not read.',
)
export type PasskeyAssertion = Static<typeof PasskeyAssertion>
