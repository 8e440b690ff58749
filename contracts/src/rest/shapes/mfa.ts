import { type Static, Type } from 'typebox'
import { told } from './parts.ts'

export const Mfa = Type.Object({
  totp: told(Type.Boolean(), 'A log-in by password asks for a code from an app.'),
  recovery_codes_left: Type.Integer({ minimum: 0 }),
})
export type Mfa = Static<typeof Mfa>

export const StartedTotp = Type.Object({
  secret: told(Type.String(), 'Base32, to be typed into an app; shown here alone.'),
  otpauth_uri: told(Type.String(), 'The same as an app scans it from a QR code.'),
})
export type StartedTotp = Static<typeof StartedTotp>

export const RecoveryCodes = Type.Object({
  recovery_codes: told(Type.Array(Type.String()), 'Each stands once for a code from the app; shown here alone.'),
})
export type RecoveryCodes = Static<typeof RecoveryCodes>
