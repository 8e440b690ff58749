import type { MikroORM } from '@mikro-orm/postgresql'
import type { Clock } from '@pf/eventing'
import type { SecretBox } from '@pf/vault'
import { SigningKey } from '@pf/vault/postgres'
import type { JWK } from 'jose'
import type { SigningKeys } from './access-tokens.ts'

const lifeDays = 3650
const dayMs = 86_400_000
/** Processes that start at once make one key between them (an advisory lock of PostgreSQL; any constant of ours). */
const lockId = 0x70_66_6a_77

/** The signing key rests in the vault, its private half sealed. */
export function vaultSigningKeys(orm: MikroORM, secrets: SecretBox, clock: Clock): SigningKeys {
  const place = (kid: string) => `signing-key/${kid}`
  return {
    async keepFirst(make) {
      return await orm.em.fork().transactional(async (em) => {
        await em.execute('select pg_advisory_xact_lock(?)', [lockId])
        const [kept] = await em.find(SigningKey, {}, { orderBy: { createdAt: 'asc' }, limit: 1 })
        if (kept !== undefined) {
          const plain = secrets.open(place(kept.kid), kept.sealedPrivateJwk)
          return JSON.parse(new TextDecoder().decode(plain)) as JWK
        }
        const jwk = await make()
        const { d: _, ...publicJwk } = jwk
        const kid = jwk.kid ?? ''
        const createdAt = clock.now()
        await em.insert(SigningKey, {
          kid,
          sealedPrivateJwk: secrets.seal(place(kid), new TextEncoder().encode(JSON.stringify(jwk))),
          publicJwk,
          createdAt,
          retiresAt: new Date(createdAt.getTime() + lifeDays * dayMs),
        })
        return jwk
      })
    },
  }
}
