import { Refused } from './refused.ts'

const ISSUER = 'enablebanking.com'
const AUDIENCE = 'api.enablebanking.com'
const LONGEST_LIFE_SECONDS = 86_400
/** Clocks differ: a token may be signed so much ahead of the bank's. */
const LEEWAY_SECONDS = 30

/** A token taken apart; nothing of it is believed until its signature was checked. */
export type Token = {
  applicationId: string
  claims: Record<string, unknown>
  /** What was signed, and with what (base64url). */
  signed: string
  signature: string
}

/** @throws Refused UNAUTHORIZED_ACCESS where it is no RS256 token with a `kid`. */
export function readToken(authorization: string | undefined): Token {
  const [scheme, text = ''] = (authorization ?? '').split(' ')
  if (scheme !== 'Bearer' || text === '') throw unauthorised('a header Authorization: Bearer with a token')
  const [head = '', body = '', signature = '', ...more] = text.split('.')
  const [header, claims] = [decoded(head), decoded(body)]
  if (header === null || claims === null || signature === '' || more.length > 0) throw unauthorised('a JSON Web Token')
  const { typ, alg, kid } = header
  if (typ !== 'JWT' || alg !== 'RS256') throw unauthorised('a header with typ JWT and alg RS256')
  if (typeof kid !== 'string' || kid === '') throw unauthorised('the id of an application as kid')
  return { applicationId: kid, claims, signed: `${head}.${body}`, signature }
}

/** Holds the claims against the bank's clock (gocardless.md §11, Transport). @throws Refused UNAUTHORIZED_ACCESS */
export function checkClaims({ iss, aud, iat, exp }: Record<string, unknown>, nowMs: number): void {
  const now = Math.floor(nowMs / 1000)
  if (iss !== ISSUER) throw unauthorised(`iss ${ISSUER}`)
  if (aud !== AUDIENCE) throw unauthorised(`aud ${AUDIENCE}`)
  if (typeof iat !== 'number' || typeof exp !== 'number') throw unauthorised('iat and exp in seconds')
  if (exp - iat > LONGEST_LIFE_SECONDS) throw unauthorised(`a life of at most ${LONGEST_LIFE_SECONDS} seconds`)
  if (iat > now + LEEWAY_SECONDS) throw unauthorised('iat that is not in the future')
  if (exp <= now) throw unauthorised('exp that is not over')
}

/** `expected` says what would do; what was sent is never repeated. */
export const unauthorised = (expected: string): Refused =>
  new Refused('UNAUTHORIZED_ACCESS', { detail: `Expected ${expected}.` })

function decoded(part: string): Record<string, unknown> | null {
  if (!/^[A-Za-z0-9_-]+$/.test(part)) return null
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    // Whoever sent it signed something else than a token.
    return null
  }
}
