import type { MikroORM } from '@mikro-orm/postgresql'
import { systemSpace } from '@pf/contracts'
import { systemClock, systemIds } from '@pf/eventing'
import { openVault, SigningKey } from '@pf/vault/postgres'
import { startVaultDatabase, type VaultDatabase } from '@pf/vault/testing'
import { importJWK, jwtVerify } from 'jose'
import type { Owner } from '../application/ports.ts'
import { describeApiTokens } from '../testing/describe-api-tokens.ts'
import { describeAttempts, describeDevices } from '../testing/describe-attempts.ts'
import { describeInvites } from '../testing/describe-invites.ts'
import { describePasskeys } from '../testing/describe-passkeys.ts'
import { describePreferences } from '../testing/describe-preferences.ts'
import { describeProviderSessions } from '../testing/describe-provider-sessions.ts'
import { describeChallenges, describeSecondFactors } from '../testing/describe-second-factors.ts'
import { describeAudit, describeSessions } from '../testing/describe-sessions.ts'
import { describeAccounts, describeRefreshTokens } from '../testing/describe-sign-in-stores.ts'
import { describeSigningKeys } from '../testing/describe-signing-keys.ts'
import { openAccessTokens } from './access-tokens.ts'
import { vaultAccounts } from './vault-accounts.ts'
import { vaultApiTokens } from './vault-api-tokens.ts'
import { vaultAttempts } from './vault-attempts.ts'
import { vaultAudit } from './vault-audit.ts'
import { vaultChallenges } from './vault-challenges.ts'
import { vaultDevices } from './vault-devices.ts'
import { vaultInvites } from './vault-invites.ts'
import { vaultPasskeys } from './vault-passkeys.ts'
import { vaultPreferences } from './vault-preferences.ts'
import { vaultProviderSessions } from './vault-provider-sessions.ts'
import { vaultRefreshTokens } from './vault-refresh-tokens.ts'
import { vaultSecondFactors } from './vault-second-factors.ts'
import { vaultSessions } from './vault-sessions.ts'
import { vaultSigningKeys } from './vault-signing-keys.ts'

let database: VaultDatabase
const masterKey = new Uint8Array(32).fill(7)

let orm: MikroORM
beforeAll(async () => {
  database = await startVaultDatabase()
  orm = database.orm
}, 60_000)
afterAll(async () => {
  await database?.stop()
})

describeAccounts('the vault', async () => {
  await orm.em.fork().execute('delete from vault.credentials')
  return vaultAccounts(orm)
})
describeRefreshTokens('the vault', async () => vaultRefreshTokens(orm))
describeApiTokens('the vault', async () => vaultApiTokens(orm))
describeSecondFactors('the vault', async () => vaultSecondFactors(orm, (await openVault({ orm, masterKey })).secrets))
describePasskeys('the vault', async () => vaultPasskeys(orm))
describeChallenges('the vault', async () => vaultChallenges(orm))
describeProviderSessions('the vault', async () => vaultProviderSessions(orm))

const withKeys = async () => {
  const { keys } = await openVault({ orm, masterKey })
  const spaceId = systemIds.uuid()
  for (const each of [spaceId, systemSpace]) await keys.createSpaceKey(each)
  return { keys, spaceId }
}
describeSessions('the vault', async () => {
  const { keys, spaceId } = await withKeys()
  return { sessions: vaultSessions(orm, keys), spaceId }
})
describeInvites('the vault', async () => {
  for (const table of ['credentials', 'invites']) await orm.em.fork().execute(`delete from vault.${table}`)
  return { invites: vaultInvites(orm), accounts: vaultAccounts(orm) }
})
describeSigningKeys('the vault', async () => {
  await orm.em.fork().execute('delete from vault.signing_keys')
  return vaultSigningKeys(orm, (await openVault({ orm, masterKey })).secrets)
})
describeAttempts('the vault', async () => vaultAttempts(orm, (await withKeys()).keys))
describeDevices('the vault', async () => vaultDevices(orm))
describeAudit('the vault', async (clock) => {
  const { keys, spaceId } = await withKeys()
  return { audit: vaultAudit(orm, keys, clock, systemIds), spaceId }
})

describe('from where somebody spoke', () => {
  it('rests sealed, and cannot be read once the key of the space is gone', async () => {
    const { keys, spaceId } = await withKeys()
    const [sessions, audit] = [vaultSessions(orm, keys), vaultAudit(orm, keys, systemClock, systemIds)]
    const who = { userId: systemIds.uuid(), spaceId }
    const client = { address: '203.0.113.77', userAgent: 'Netscape' }
    const [now, later] = [new Date(), new Date(Date.now() + 60_000)]
    await sessions.seen({ ...who, sessionId: systemIds.uuid(), expiresAt: later, client }, now)
    await audit.record({ action: 'signed_in', user: who, client })
    for (const table of ['sessions', 'security_events']) {
      const rows = await orm.em
        .fork()
        .execute<{ all: string }[]>(`select encode(sealed, 'escape') || t::text as all from vault.${table} t`)
      expect(rows.length).toBeGreaterThan(0)
      for (const { all } of rows) for (const word of ['203.0.113.77', 'Netscape']) expect(all).not.toContain(word)
    }
    await keys.destroy({ spaceId })
    keys.forget({ spaceId })
    expect(await sessions.open(who.userId, now)).toMatchObject([{ client: undefined }])
    expect(await audit.list({ userId: who.userId, limit: 1 })).toMatchObject([{ client: undefined }])
  })
})

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
      const own = await database.connect()
      const { secrets } = await openVault({ orm: own, masterKey })
      return openAccessTokens(vaultSigningKeys(own, secrets), systemClock, systemIds)
    }
    await orm.em.fork().execute('delete from vault.signing_keys')
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
