import type { MikroORM } from '@mikro-orm/postgresql'
import type { SecretBox } from '@pf/vault'
import { SigningKey } from '@pf/vault/postgres'
import type { JWK } from 'jose'
import type { KeptSigningKey, SigningKeys } from './access-tokens.ts'

/** Until the next one comes, a key lives on. */
const lifeDays = 3650
const dayMs = 86_400_000
/** Processes take turns at making keys (an advisory lock of PostgreSQL; any constant of ours). */
const lockId = 0x70_66_6a_77

/** Signing keys rest in the vault, their private halves sealed. */
export function vaultSigningKeys(orm: MikroORM, secrets: SecretBox): SigningKeys {
  const place = (kid: string) => `signing-key/${kid}`
  const opened = ({ kid, sealedPrivateJwk, createdAt }: SigningKey): KeptSigningKey => ({
    jwk: JSON.parse(new TextDecoder().decode(secrets.open(place(kid), sealedPrivateJwk))) as JWK,
    createdAt,
  })
  return {
    async living(now) {
      const rows = await orm.em
        .fork()
        .find(SigningKey, { retiresAt: { $gt: now } }, { orderBy: { createdAt: 'desc', kid: 'desc' } })
      return rows.map(opened)
    },
    async add({ isDue, make }, now, othersUntil) {
      return await orm.em.fork().transactional(async (em) => {
        await em.execute('select pg_advisory_xact_lock(?)', [lockId])
        const [newest] = await em.find(SigningKey, {}, { orderBy: { createdAt: 'desc' }, limit: 1 })
        if (newest !== undefined && !isDue(newest.createdAt)) return newest.createdAt
        const jwk = await make()
        const { d: _, ...publicJwk } = jwk
        const kid = jwk.kid ?? ''
        await em.nativeUpdate(SigningKey, { retiresAt: { $gt: othersUntil } }, { retiresAt: othersUntil })
        await em.insert(SigningKey, {
          kid,
          sealedPrivateJwk: secrets.seal(place(kid), new TextEncoder().encode(JSON.stringify(jwk))),
          publicJwk,
          createdAt: now,
          retiresAt: new Date(now.getTime() + lifeDays * dayMs),
        })
        return now
      })
    },
    async deleteRetired(now) {
      await orm.em.fork().nativeDelete(SigningKey, { retiresAt: { $lte: now } })
    },
  }
}
