import { type AccessClaims, tokenAudience, tokenIssuer } from '@pf/contracts'
import type { Clock, Ids } from '@pf/eventing'
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import type { AccessTokens } from '../application/ports.ts'

/** Where the private key rests, sealed; `keepFirst` answers the one that stands when two processes start at once. */
export interface SigningKeys {
  keepFirst(make: () => Promise<JWK>): Promise<JWK>
}

const lifeSeconds = 900

/** ES256 access tokens of 900 s, signed with a key made at the first start. */
export async function openAccessTokens(keys: SigningKeys, clock: Clock, ids: Ids): Promise<AccessTokens> {
  const jwk = await keys.keepFirst(async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true })
    return { ...(await exportJWK(privateKey)), kid: ids.uuid(), alg: 'ES256', use: 'sig' }
  })
  const signer = await importJWK(jwk, 'ES256')
  const { d: _, ...publicJwk } = jwk
  return {
    lifeSeconds,
    async issue({ sub, sid, space, roles }: AccessClaims) {
      const now = Math.floor(clock.now().getTime() / 1000)
      return await new SignJWT({ sid, space, roles })
        .setProtectedHeader({ alg: 'ES256', kid: jwk.kid ?? '', typ: 'at+jwt' })
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
      keys: [publicJwk],
    }),
  }
}
