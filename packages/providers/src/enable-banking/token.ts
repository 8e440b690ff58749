import { createPrivateKey, type KeyObject } from 'node:crypto'
import { SignJWT } from 'jose'

/** Well below the day that is allowed, so that no clock's fault makes one too long. */
const LIVES_SECONDS = 3600
const RENEW_BEFORE_SECONDS = 300

/** An RSA key in PEM, PKCS #8 or #1. Throws TypeError in words, without any of the key. */
export function rsaKeyOf(pem: string): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    throw new TypeError(
      'The private key is no PEM that can be read; expected -----BEGIN PRIVATE KEY----- and what follows, without a passphrase.',
    )
  }
  if (key.asymmetricKeyType !== 'rsa') {
    throw new TypeError(`The private key is of the kind ${key.asymmetricKeyType ?? 'unknown'}; expected RSA.`)
  }
  return key
}

export interface OwnTokens {
  /** A token that the provider's clock finds valid now; another one than `rejected`. */
  token(rejected?: string): Promise<string>
}

/** Every call carries a token signed by ourselves (gocardless.md §11); one is used for most of an hour. */
export function signTokens(options: { applicationId: string; key: KeyObject; now(): Date }): OwnTokens {
  let current: { token: string; issued: number } | undefined
  return {
    async token(rejected) {
      const now = Math.floor(options.now().getTime() / 1000)
      const age = now - (current?.issued ?? Number.NEGATIVE_INFINITY)
      // A demo's clock may have been moved either way.
      const isFresh = age >= 0 && age < LIVES_SECONDS - RENEW_BEFORE_SECONDS
      if (current !== undefined && isFresh && current.token !== rejected) return current.token
      const token = await new SignJWT({})
        .setProtectedHeader({ typ: 'JWT', alg: 'RS256', kid: options.applicationId })
        .setIssuer('enablebanking.com')
        .setAudience('api.enablebanking.com')
        .setIssuedAt(now)
        .setExpirationTime(now + LIVES_SECONDS)
        .sign(options.key)
      current = { token, issued: now }
      return token
    },
  }
}
