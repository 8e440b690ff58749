import { Migrator } from '@mikro-orm/migrations'
import { MikroORM } from '@mikro-orm/postgresql'
import { systemClock, systemIds } from '@pf/eventing'
import { startPostgres, type TestPostgres } from '@pf/eventing/testing'
import { openVault, SigningKey, vaultEntities, vaultMigrations } from '@pf/vault/postgres'
import { importJWK, jwtVerify } from 'jose'
import type { Owner } from '../application/ports.ts'
import { describeApiTokens } from '../testing/describe-api-tokens.ts'
import { describePreferences } from '../testing/describe-preferences.ts'
import { describeAccounts, describeRefreshTokens } from '../testing/describe-sign-in-stores.ts'
import { openAccessTokens } from './access-tokens.ts'
import { vaultAccounts } from './vault-accounts.ts'
import { vaultApiTokens } from './vault-api-tokens.ts'
import { vaultPreferences } from './vault-preferences.ts'
import { vaultRefreshTokens } from './vault-refresh-tokens.ts'
import { vaultSigningKeys } from './vault-signing-keys.ts'

let postgres: TestPostgres
const orms: MikroORM[] = []
const masterKey = new Uint8Array(32).fill(7)

async function connected(): Promise<MikroORM> {
  const orm = await MikroORM.init({
    clientUrl: postgres.url,
    entities: [...vaultEntities],
    extensions: [Migrator],
    migrations: { migrationsList: vaultMigrations, snapshot: false },
    logger: () => undefined,
  })
  orms.push(orm)
  return orm
}

let orm: MikroORM
beforeAll(async () => {
  postgres = await startPostgres()
  orm = await connected()
  await orm.migrator.up()
}, 60_000)
afterAll(async () => {
  for (const each of orms) await each.close(true)
  await postgres?.stop()
})

describeAccounts('the vault', async () => {
  await orm.em.fork().execute('delete from vault.credentials')
  return vaultAccounts(orm)
})
describeRefreshTokens('the vault', async () => vaultRefreshTokens(orm))
describeApiTokens('the vault', async () => vaultApiTokens(orm))

describePreferences('the vault', async (owners) => {
  const { keys } = await openVault({ orm, masterKey })
  for (const { spaceId } of owners) await keys.createSpaceKey(spaceId)
  return vaultPreferences(orm, keys)
})

describe('what a page remembers', () => {
  it('rests sealed, its key too, and opens nowhere else', async () => {
    const { keys } = await openVault({ orm, masterKey })
    const [owner, other] = [1, 2].map(() => ({ userId: systemIds.uuid(), spaceId: systemIds.uuid() })) as [Owner, Owner]
    for (const { spaceId } of [owner, other]) await keys.createSpaceKey(spaceId)
    const preferences = vaultPreferences(orm, keys)
    const kept = { key: 'filters.surgery', value: 'Harley Street', revision: systemIds.uuid(), changedAt: '' }
    await preferences.put(owner, kept, () => undefined)
    const rows = await orm.em
      .fork()
      .execute<{ all: string }[]>("select encode(sealed, 'escape') || preferences::text as all from vault.preferences")
    expect(rows.length).toBeGreaterThan(0)
    for (const { all } of rows) for (const word of ['surgery', 'Harley']) expect(all).not.toContain(word)
    await orm.em
      .fork()
      .execute('update vault.preferences set user_id = ?, space_id = ? where space_id = ?', [
        other.userId,
        other.spaceId,
        owner.spaceId,
      ])
    await expect(preferences.all(other)).rejects.toMatchObject({ name: 'KeyMissing' })
  })
})

describe('the signing key', () => {
  it('is one where two processes make it at once, and stays over a restart', async () => {
    const open = async () => {
      const own = await connected()
      const { secrets } = await openVault({ orm: own, masterKey })
      return openAccessTokens(vaultSigningKeys(own, secrets, systemClock), systemClock, systemIds)
    }
    const [one, other] = await Promise.all([open(), open()])
    expect(await orm.em.fork().count(SigningKey)).toBe(1)
    expect(await one.issuer()).toEqual(await other.issuer())
    const token = await (await open()).issue({ sub: 'u', sid: 'x', space: 's', roles: [] })
    const [jwk] = (await one.issuer()).keys
    const { protectedHeader } = await jwtVerify(token, await importJWK(jwk ?? {}, 'ES256'))
    expect(protectedHeader.kid).toBe((jwk as { kid?: string }).kid)
  })

  it('rests without its private half in the clear', async () => {
    const rows = await orm.em
      .fork()
      .execute<{ sealed: string; public: object }[]>(
        "select encode(sealed_private_jwk, 'escape') as sealed, public_jwk as public from vault.signing_keys",
      )
    expect(rows).toHaveLength(1)
    expect(rows[0]?.sealed).not.toContain('"d"')
    expect(rows[0]?.public).not.toHaveProperty('d')
  })
})
