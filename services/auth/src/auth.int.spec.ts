import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { MikroORM } from '@mikro-orm/postgresql'
import { type DomainError, requests, tokenAudience, tokenIssuer } from '@pf/contracts'
import { reaction, runReaction, sha256 } from '@pf/eventing'
import { eventually } from '@pf/eventing/testing'
import { isWell, type Platform, type Service } from '@pf/service-kit'
import { createMemoryPlatform } from '@pf/service-kit/testing'
import { startVaultDatabase, type VaultDatabase } from '@pf/vault/testing'
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import { Secret, TOTP } from 'otpauth'
import { startAuth } from './start-auth.ts'

const { auth } = requests
const sam = { username: 'Sam', password: 'correct horse', address: '127.0.0.1' }

describe('auth, asked over the bus, with its accounts in PostgreSQL', () => {
  let database: VaultDatabase
  let orm: MikroORM
  let platform: Platform & { orm: MikroORM }
  let service: Service
  /** What was shown once. */
  const secrets: string[] = []

  beforeAll(async () => {
    database = await startVaultDatabase()
    orm = database.orm
    platform = { ...(await createMemoryPlatform()), orm }
    service = await startAuth(platform)
  }, 60_000)
  afterAll(async () => {
    await service?.stop()
    await platform?.close()
    await database?.stop()
  })

  async function claimsOf(token: string): Promise<JWTPayload> {
    const keys = createLocalJWKSet((await platform.bus.call(auth.keys, {})).issuers[0] as JSONWebKeySet)
    return (await jwtVerify(token, keys, { issuer: tokenIssuer, audience: tokenAudience })).payload
  }

  it('takes a person from registration to log-out', async () => {
    const { bus } = platform
    const command = { ...sam, commandId: 'c-1' }
    const user = await bus.call(auth.register, command)
    expect(await bus.call(auth.register, command)).toEqual(user)
    await expect(bus.call(auth.register, { ...sam, username: 'SAM' })).rejects.toMatchObject({ code: 'username_taken' })
    await expect(bus.call(auth.login, { ...sam, password: 'wrong' })).rejects.toMatchObject({ code: 'bad_credentials' })

    const tokens = await bus.call(auth.login, { ...sam, username: 'sam' })
    const claims = await claimsOf(tokens.access_token)
    expect(claims).toMatchObject({ sub: user.id, roles: ['user', 'operator'] })
    const principal = {
      userId: user.id,
      spaceId: String(claims['space']),
      sessionId: String(claims['sid']),
      roles: ['user'],
    }
    expect(await bus.call(auth.me, {}, { principal })).toEqual({ id: user.id, username: 'Sam', roles: principal.roles })

    const next = await bus.call(auth.refresh, { refreshToken: tokens.refresh_token, address: '127.0.0.1' })
    expect((await claimsOf(next.access_token))['sid']).toBe(claims['sid'])
    await bus.call(auth.logout, { refreshToken: next.refresh_token, address: '127.0.0.1' })
    const { sessionIds } = await bus.call(auth.endedSessions, {})
    expect(sessionIds).toEqual([claims['sid']])
    const again = bus.call(auth.refresh, { refreshToken: next.refresh_token, address: '127.0.0.1' })
    await expect(again).rejects.toMatchObject({ code: 'refresh_invalid' })
  })

  it('ends the other sessions when the password changes, and tells it to the user alone', async () => {
    const { bus } = platform
    const kim = { username: 'Kim', password: 'correct horse', address: '203.0.113.9', userAgent: 'curl/8.11.0' }
    await bus.call(auth.register, kim)
    const [other, mine] = [await bus.call(auth.login, kim), await bus.call(auth.login, kim)]
    const { sub, space, sid } = await claimsOf(mine.access_token)
    const principal = { userId: sub ?? '', spaceId: String(space), sessionId: String(sid), roles: ['user'] }
    expect((await bus.call(auth.sessions, {}, { principal })).items).toHaveLength(2)
    const { address } = kim
    const change = { current: kim.password, fresh: 'staple battery', commandId: 'c-2', address }
    await bus.call(auth.changePassword, change, { principal })
    const { items } = await bus.call(auth.sessions, {}, { principal })
    expect(items).toMatchObject([{ id: sid, current: true, address, device: 'curl 8' }])
    expect((await bus.call(auth.endedSessions, {})).sessionIds).toContain((await claimsOf(other.access_token))['sid'])
    const trail = await bus.call(auth.audit, { limit: 2 }, { principal })
    expect(trail.items.map(({ action }) => action)).toEqual(['password_changed', 'session_revoked'])
    await expect(bus.call(auth.audit, { all: true }, { principal })).rejects.toMatchObject({ code: 'operator_only' })
    await expect(bus.call(auth.login, kim)).rejects.toMatchObject({ code: 'bad_credentials' })
    expect(await bus.call(auth.login, { ...kim, password: change.fresh })).toHaveProperty('access_token')
  })

  it('asks for a code beside the password, and gives scripts tokens of their own', async () => {
    const { bus } = platform
    const kim = { ...sam, username: 'Robin' }
    await bus.call(auth.register, kim)
    const claims = await claimsOf((await bus.call(auth.login, kim)).access_token)
    const principal = {
      userId: String(claims.sub),
      spaceId: String(claims['space']),
      sessionId: String(claims['sid']),
      roles: ['user'],
    }
    const by = { principal }
    const wrong = bus.call(auth.startTotp, { password: 'wrong' }, by)
    await expect(wrong).rejects.toMatchObject({ code: 'bad_credentials' })
    const { secret } = await bus.call(auth.startTotp, { password: kim.password }, by)
    const codeAt = (ms: number) => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: ms })
    const confirmed = await bus.call(auth.confirmTotp, { code: codeAt(Date.now()) }, by)
    const refused = await bus.call(auth.login, kim).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'mfa_required', members: { mfa_token: expect.any(String) } })
    const { mfa_token: mfaToken = '' } = (refused as DomainError).members ?? {}
    const next = { mfaToken, code: codeAt(Date.now() + 30_000), address: kim.address }
    const tokens = await bus.call(auth.loginMfa, next)
    expect((await claimsOf(tokens.access_token)).sub).toBe(principal.userId)
    await expect(bus.call(auth.loginMfa, next)).rejects.toMatchObject({ code: 'mfa_token_invalid' })

    const issued = await bus.call(auth.issueApiToken, { name: 'Backup', scopes: ['read'] }, by)
    const { holder } = await bus.call(auth.apiTokenHolder, { hash: sha256(issued.token) })
    expect(holder?.principal).toEqual({ ...principal, sessionId: issued.id, scopes: ['read'] })
    await bus.call(auth.revokeApiToken, { id: issued.id }, by)
    expect((await bus.call(auth.endedSessions, {})).sessionIds).toContain(issued.id)
    secrets.push(secret, mfaToken, issued.token, ...confirmed.recovery_codes)
  })

  it('keeps no password and no token, neither in the database nor in an event', async () => {
    const tokens = await platform.bus.call(auth.login, sam)
    const { access_token, refresh_token } = tokens
    const rows = await Promise.all(
      [
        'credentials',
        'refresh_tokens',
        'sessions',
        'security_events',
        'api_tokens',
        'totp',
        'recovery_codes',
        'challenges',
      ].map((table) => orm.em.fork().execute(`select * from vault.${table}`)),
    )
    const { lastSeq } = await platform.eventLog.info('auth')
    const recorded: object[] = []
    const witness = reaction({ name: 'witness', context: 'auth', handle: async (each) => void recorded.push(each) })
    const { eventLog: log, keys: sealer } = platform
    const running = await runReaction(witness, { log, sealer, onError: (error) => recorded.push({ error }) })
    await eventually(() => expect(recorded).toHaveLength(lastSeq))
    await running.stop()
    const kept = JSON.stringify([rows, recorded])
    expect(kept).toContain('SessionEnded')
    expect(kept).toContain('Sam')
    expect(kept).toContain('SecondFactorEnabled')
    for (const secret of [sam.password, access_token, refresh_token, ...secrets]) expect(kept).not.toContain(secret)
  })

  it('starts while Keycloak is away, says so without being unready, and goes on by itself once it is there', async () => {
    const certs = JSON.stringify({ keys: [{ kid: 'k-1', kty: 'RSA', alg: 'RS256', use: 'sig', n: 'AQ', e: 'AQAB' }] })
    const keycloak = createServer((_request, response) => response.setHeader('connection', 'close').end(certs))
    const listen = (port: number) => new Promise<void>((resolve) => keycloak.listen(port, '127.0.0.1', () => resolve()))
    const close = () => new Promise((resolve) => keycloak.close(resolve))
    await listen(0)
    const { port } = keycloak.address() as AddressInfo
    await close()
    const config = {
      authMode: 'keycloak' as const,
      keycloakUrl: `http://127.0.0.1:${port}`,
      keycloakGatewaySecret: 'of the gateway',
      keycloakAdminSecret: 'of the admin',
    }
    const elsewhere = { ...(await createMemoryPlatform({ config })), orm }
    const started = await startAuth(elsewhere)
    const said = async () => (await started.ready())['provider keycloak']
    try {
      await eventually(async () => expect(await said()).toMatch(/did not answer$/))
      expect(isWell(await started.ready())).toBe(true)
      await expect(elsewhere.bus.call(auth.keys, {})).rejects.toMatchObject({
        code: 'unavailable',
        detail: expect.stringContaining('Keycloak does not answer'),
        retryAfterSeconds: 5,
      })
      await listen(port)
      await eventually(async () => expect((await elsewhere.bus.call(auth.keys, {})).issuers[0]?.keys).toHaveLength(1))
      expect(await said()).toMatch(/ answered$/)
    } finally {
      await started.stop()
      await elsewhere.close()
      await close()
    }
  })

  it('has all that it stands on', async () => {
    expect(await service.ready()).toMatchObject({ nats: 'ok', postgres: 'ok', objects: 'ok' })
  })
})
