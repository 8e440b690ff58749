import { Secret, TOTP } from 'otpauth'
import type { TotpCodes } from '../application/second-factor.ts'

const issuer = 'Personal Finances'
const periodSeconds = 30

const totp = (secret: Uint8Array, label = '') =>
  new TOTP({
    issuer,
    label,
    secret: new Secret({ buffer: new Uint8Array(secret).buffer }),
    // What every app takes: several ignore other values of the URI and show wrong codes.
    algorithm: 'SHA1',
    digits: 6,
    period: periodSeconds,
  })

/** RFC 6238 by otpauth: one small library without dependencies of its own but hashes, that compares in constant time. */
export const totpCodes: TotpCodes = {
  secretBytes: 20,
  shown(secret, username) {
    const codes = totp(secret, username)
    return { secret: codes.secret.base32, uri: codes.toString() }
  },
  stepOf(secret, code, now) {
    const timestamp = now.getTime()
    const delta = totp(secret).validate({ token: code, timestamp, window: 1 })
    return delta === null ? undefined : TOTP.counter({ period: periodSeconds, timestamp }) + delta
  },
}
