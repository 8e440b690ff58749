import { type AccessClaims, tokenAudience, tokenIssuer } from '@pf/contracts'
import type { Clock, Ids } from '@pf/eventing'
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import type { AccessTokens, RotatedKeys } from '../application/ports.ts'

export type KeptSigningKey = { jwk: JWK; createdAt: Date }

/** Where private keys rest, sealed. */
export interface SigningKeys {
  /** Those by which a token may still be checked, the newest first. */
  living(now: Date): Promise<KeptSigningKey[]>
  /**
   * Puts a new one beside them where `isDue` says so of when the newest was made; the others live until `othersUntil`. One
   * process at a time. Answers when the newest was made.
   */
  add(
    key: { isDue: (newest: Date | undefined) => boolean; make: () => Promise<JWK> },
    now: Date,
    othersUntil: Date,
  ): Promise<Date>
  deleteRetired(now: Date): Promise<void>
}

const lifeSeconds = 900
const dayMs = 86_400_000
/** A key is exchanged by itself once it is this old. */
export const signingKeyDays = 90
/** However often an operator asks. */
const shortestMs = 60_000
/** How long this process believes what it read: another one may have rotated. */
const rereadMs = 5_000
/**
 * A new key is told before it signs: longer than other replicas believe what they read, and longer than gateways wait
 * before they ask for a key that they do not know.
 */
export const toldBeforeMs = 20_000
/** Of a key that signs no more: its last token's life, the skew of clocks, and some more. */
export const trustedAfterMs = toldBeforeMs + rereadMs + lifeSeconds * 1000 + 120_000

/** ES256 access tokens of 900 s. Keys are made at the first start, and exchanged by time or by an operator's word. */
export async function openAccessTokens(keys: SigningKeys, clock: Clock, ids: Ids): Promise<AccessTokens> {
  const signers = new Map<string, ReturnType<typeof importJWK>>()
  let read: { atMs: number; keys: Promise<KeptSigningKey[]> } | undefined

  const make = async (): Promise<JWK> => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true })
    return { ...(await exportJWK(privateKey)), kid: ids.uuid(), alg: 'ES256', use: 'sig' }
  }
  const exchange = async (isDue: (newest: Date | undefined) => boolean): Promise<RotatedKeys> => {
    const now = clock.now()
    const othersUntil = new Date(now.getTime() + trustedAfterMs)
    let rotated = false
    const makeOne = () => {
      rotated = true
      return make()
    }
    const newest = await keys.add({ isDue, make: makeOne }, now, othersUntil)
    read = undefined
    return { rotated, signsFrom: new Date(newest.getTime() + toldBeforeMs) }
  }
  const living = (): Promise<KeptSigningKey[]> => {
    const now = clock.now()
    if (read === undefined || now.getTime() - read.atMs > rereadMs) {
      const asked = { atMs: now.getTime(), keys: keys.living(now) }
      // What failed is asked again; whoever waits for it is told.
      asked.keys.catch(() => {
        if (read === asked) read = undefined
      })
      read = asked
    }
    return read.keys
  }
  const signing = async () => {
    const known = await living()
    const told = clock.now().getTime() - toldBeforeMs
    const jwk = (known.find(({ createdAt }) => createdAt.getTime() <= told) ?? known.at(-1))?.jwk
    if (jwk === undefined)
      throw new Error('There is no signing key: the first start makes one, and nothing deletes the last.')
    const kid = jwk.kid ?? ''
    const signer = signers.get(kid) ?? importJWK(jwk, 'ES256')
    signers.set(kid, signer)
    return { kid, signer: await signer }
  }

  await exchange((newest) => newest === undefined)
  return {
    lifeSeconds,
    async issue({ sub, sid, space, roles }: AccessClaims) {
      const now = Math.floor(clock.now().getTime() / 1000)
      const { kid, signer } = await signing()
      return await new SignJWT({ sid, space, roles })
        .setProtectedHeader({ alg: 'ES256', kid, typ: 'at+jwt' })
        .setSubject(sub)
        .setIssuer(tokenIssuer)
        .setAudience(tokenAudience)
        .setIssuedAt(now)
        .setExpirationTime(now + lifeSeconds)
        .setJti(ids.uuid())
        .sign(signer)
    },
    issuer: async () => ({
      issuer: tokenIssuer,
      audience: tokenAudience,
      algorithms: ['ES256'],
      type: 'at+jwt',
      keys: (await living()).map(({ jwk: { d: _, ...publicJwk } }) => publicJwk),
    }),
    rotate: () => exchange((newest) => newest === undefined || clock.now().getTime() - newest.getTime() >= shortestMs),
    rotateAged: () =>
      exchange((newest) => newest === undefined || clock.now().getTime() - newest.getTime() >= signingKeyDays * dayMs),
    forgetRetired: () => keys.deleteRetired(clock.now()),
  }
}
