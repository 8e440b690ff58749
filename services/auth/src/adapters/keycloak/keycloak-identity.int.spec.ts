import { randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { systemIds } from '@pf/eventing'
import { describeWithKeycloak, startKeycloak, type TestKeycloak } from '@pf/service-kit/testing'
import { systemRandom } from '@pf/vault'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import { KnownDevices } from '../../application/known-devices.ts'
import { LoginThrottle } from '../../application/login-throttle.ts'
import type { Credentials } from '../../application/ports.ts'
import { describeIdentityProvider } from '../../testing/describe-identity-provider.ts'
import { memoryAccounts } from '../../testing/memory-accounts.ts'
import { memoryAttempts, memoryDevices } from '../../testing/memory-attempts.ts'
import { memoryAudit } from '../../testing/memory-audit.ts'
import { memoryProviderSessions } from '../../testing/memory-provider-sessions.ts'
import { memoryRefreshTokens } from '../../testing/memory-refresh-tokens.ts'
import { KeycloakIdentity } from './keycloak-identity.ts'

const from = { address: '127.0.0.1', userAgent: 'spec' }
const password = 'correct horse battery'
const fresh = () => `kim-${randomBytes(6).toString('hex')}`

describeWithKeycloak('Keycloak as the identity provider', (folder) => {
  let keycloak: TestKeycloak
  /** Stands where the gateway does: what Keycloak says of log-outs. */
  const told: string[] = []
  const api = createServer(async (request, response) => {
    let form = ''
    for await (const piece of request) form += String(piece)
    told.push(new URLSearchParams(form).get('logout_token') ?? '')
    response.end()
  })
  beforeAll(async () => {
    await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve))
    const { port } = api.address() as AddressInfo
    keycloak = await startKeycloak(folder, { webUrl: 'http://localhost:1', apiUrl: `http://127.0.0.1:${port}` })
  }, 120_000)
  afterAll(async () => {
    await keycloak?.end()
    api.close()
  })

  /** Our side of it, on memory and a clock that also goes by hand. */
  function open(over: { gatewaySecret?: string } = {}) {
    let aheadMs = 0
    const clock = { now: () => new Date(Date.now() + aheadMs) }
    const parts = {
      accounts: memoryAccounts(),
      refreshTokens: memoryRefreshTokens(),
      sessions: memoryProviderSessions(),
      audit: memoryAudit(clock, systemIds),
    }
    const devices = new KnownDevices({ devices: memoryDevices(), clock, secret: fresh })
    const provider = new KeycloakIdentity({
      ...parts,
      throttle: new LoginThrottle({ attempts: memoryAttempts(), devices, clock }),
      settings: {
        url: keycloak.url,
        internalUrl: keycloak.url,
        realm: keycloak.realm,
        webClient: 'web',
        gateway: { id: 'gateway', secret: over.gatewaySecret ?? keycloak.gatewaySecret },
        admin: { id: 'identity-admin', secret: keycloak.adminSecret },
      },
      clock,
      random: systemRandom,
      wait: async (ms) => void (await wait(ms)),
    })
    const pass = (seconds: number) => {
      aheadMs += seconds * 1000
    }
    return { provider, ...parts, pass }
  }
  type World = ReturnType<typeof open>

  async function person({ provider, accounts }: World, username = fresh()): Promise<Credentials> {
    const userId = crypto.randomUUID()
    const enrolled = await provider.register({ username, password })
    const ours = { userId, spaceId: crypto.randomUUID(), username, passwordVersion: 1 }
    const account: Credentials = { ...enrolled, ...ours, roles: ['user'] }
    await accounts.add(account, new Date())
    return account
  }
  const arrivalOf = (token: string) => {
    const { sub: subject = '', sid } = decodeJwt<{ sid: string }>(token)
    return { subject, sid }
  }

  describeIdentityProvider('Keycloak', async () => open())

  describe('a registration at Keycloak', () => {
    it.each([
      ['too short a password', fresh(), 'short', /minimum length 8/],
      ['the name for a password', 'the-name-of-kim', 'the-name-of-kim', /not be equal to the username/],
      ['a name with blanks', 'kim and sam', password, /blanks or marks/],
    ])('with %s is refused in words', async (_what, username, secret, words) => {
      const registered = open().provider.register({ username, password: secret })
      await expect(registered).rejects.toMatchObject({ code: 'invalid_input', detail: expect.stringMatching(words) })
    })

    it('of a name that is taken is refused, whatever its case', async () => {
      const world = open()
      const { username } = await person(world)
      const again = world.provider.register({ username: username.toUpperCase(), password })
      await expect(again).rejects.toMatchObject({ code: 'username_taken' })
    })

    it('that a crash kept from us is taken up by its repeat, for whoever knows the password', async () => {
      const { provider } = open()
      const username = fresh()
      const made = await provider.register({ username, password })
      const guessed = provider.register({ username, password: 'another password' })
      await expect(guessed).rejects.toMatchObject({ code: 'username_taken' })
      // Two wrong guesses within a second would close the account for a minute.
      await wait(1_100)
      expect(await provider.register({ username, password })).toEqual(made)
    })
  })

  it('closes an account after wrong guesses, and says nothing of it', async () => {
    const world = open()
    const { username } = await person(world)
    const guess = (secret: string) => world.provider.login({ username, password: secret, ...from, address: fresh() })
    for (let n = 0; n < 5; n++) await expect(guess(`wrong ${n}`)).rejects.toMatchObject({ code: 'bad_credentials' })
    await expect(guess(password)).rejects.toMatchObject({ code: 'bad_credentials' })
  })

  it('counts guesses by name and address, as our own provider does', async () => {
    const { provider } = open()
    const guess = () => provider.login({ username: 'nobody-here', password: 'wrong', ...from })
    for (let n = 0; n < 10; n++) await expect(guess()).rejects.toMatchObject({ code: 'bad_credentials' })
    await expect(guess()).rejects.toMatchObject({ code: 'too_many_attempts' })
  })

  it('refuses a password by the policy of the realm, and one that was used before', async () => {
    const world = open()
    const account = await person(world)
    for (const secret of ['short', password])
      await expect(world.provider.changePassword(account, secret)).rejects.toMatchObject({ code: 'invalid_input' })
  })

  it('leaves no session behind where a password was only checked', async () => {
    const world = open()
    const account = await person(world)
    await world.provider.checkPassword(account, password)
    expect(await keycloak.admin('GET', `/users/${account.subject}/sessions`)).toEqual([])
  })

  it('has a session ended at Keycloak as well, and one that Keycloak ended is over here', async () => {
    const world = open()
    const account = await person(world)
    // One after the other: with brute-force protection on, Keycloak refuses a log-in while another of the same user runs.
    const ours = await world.provider.login({ username: account.username, password, ...from })
    const theirs = await world.provider.login({ username: account.username, password, ...from })
    await world.provider.endSession({ sessionId: ours.sessionId, userId: account.userId }, 'logout')
    const left = await keycloak.admin<{ id: string }[]>('GET', `/users/${account.subject}/sessions`)
    const { sid } = arrivalOf(theirs.tokens.access_token)
    expect(left.map(({ id }) => id)).toEqual([sid])
    await keycloak.admin('DELETE', `/sessions/${sid}`)
    const over = { sessionId: theirs.sessionId, userId: account.userId }
    expect(await world.provider.refresh(theirs.tokens.refresh_token)).toEqual({ over })
  })

  it("believes Keycloak's word that a session has ended, once, and also of one that it has not met yet", async () => {
    const world = open()
    const account = await person(world)
    const ours = await world.provider.login({ username: account.username, password, ...from })
    const { tokens } = await open().provider.login({ username: account.username, password, ...from })
    told.splice(0)
    await keycloak.admin('POST', `/users/${account.subject}/logout`)
    expect(told).toHaveLength(2)
    const ended = await Promise.all(told.map((token) => world.provider.elsewhere.loggedOut(token)))
    expect(ended.flat()).toMatchObject([{ sessionId: ours.sessionId, userId: account.userId }])
    for (const token of told)
      await expect(world.provider.elsewhere.loggedOut(token)).rejects.toMatchObject({ code: 'logout_token_invalid' })
    for (const { access_token } of [ours.tokens, tokens])
      await expect(world.provider.elsewhere.meet(arrivalOf(access_token))).rejects.toMatchObject({
        code: 'unauthenticated',
      })
  })

  it('tells the trail of a log-in that failed, and whose name it was', async () => {
    const world = open()
    const { username, userId } = await person(world)
    for (const name of [username, fresh()])
      await expect(world.provider.login({ username: name, password: 'wrong', ...from })).rejects.toThrow()
    const trail = await world.audit.list({ limit: 10 })
    expect(trail.map(({ action, userId: whose }) => [action, whose])).toEqual([
      ['sign_in_failed', null],
      ['sign_in_failed', userId],
    ])
  })

  it('keeps no token of Keycloak that the database alone could open', async () => {
    const world = open()
    const account = await person(world)
    const { sessionId, tokens } = await world.provider.login({ username: account.username, password, ...from })
    const kept = JSON.stringify(await world.sessions.find(sessionId))
    expect(kept).not.toContain('eyJ')
    expect(kept).not.toContain(tokens.refresh_token)
  })

  it('deletes the user at Keycloak', async () => {
    const world = open()
    const account = await person(world)
    await world.provider.remove(account)
    await expect(keycloak.admin('GET', `/users/${account.subject}`)).rejects.toThrow('404')
  })

  describe("a token of Keycloak's own pages", () => {
    it('is of a session here from its first call on, which can be ended like any other', async () => {
      const world = open()
      const account = await person(world)
      // A session that this side has not heard of: begun by another side of ours.
      const { tokens } = await open().provider.login({ username: account.username, password, ...from })
      const arrival = arrivalOf(tokens.access_token)
      const met = await world.provider.elsewhere.meet(arrival)
      expect(met).toMatchObject({ subject: account.subject, sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/) })
      expect(met.newcomer).toBeUndefined()
      // A second later its end is a second nearer.
      expect(await world.provider.elsewhere.meet(arrival)).toEqual({ ...met, endsInSeconds: expect.any(Number) })
      await world.provider.endSessions(account, 'revoked')
      await expect(world.provider.elsewhere.meet(arrival)).rejects.toMatchObject({ code: 'unauthenticated' })
      expect(await keycloak.admin('GET', `/users/${account.subject}/sessions`)).toEqual([])
    })

    it('tells of a newcomer, always the same one, until Keycloak knows them no more', async () => {
      const other = open()
      const account = await person(other)
      const { tokens, newcomer } = await open().provider.login({ username: account.username, password, ...from })
      expect(newcomer).toEqual({ userId: expect.any(String), username: account.username })
      const arrival = arrivalOf(tokens.access_token)
      const met = await open().provider.elsewhere.meet(arrival)
      expect(met.newcomer).toEqual(newcomer)
      await other.provider.remove(account)
      await expect(open().provider.elsewhere.meet(arrival)).rejects.toMatchObject({ code: 'unauthenticated' })
    })
  })

  it('does not work, and tells the log why, with a secret that Keycloak does not know', async () => {
    const { provider } = open({ gatewaySecret: 'not the secret' })
    const entered = provider.login({ username: 'kim', password, ...from })
    await expect(entered).rejects.toMatchObject({
      code: 'unavailable',
      cause: expect.objectContaining({ message: expect.stringContaining('Is the realm that of deploy/keycloak?') }),
    })
  })

  it('while it is stopped, keys stay known where they were, log-in says so, a session survives, and one ends here at once', async () => {
    const world = open()
    const account = await person(world)
    const enter = () => world.provider.login({ username: account.username, password, ...from })
    const [staying, leaving] = [await enter(), await enter()]
    await world.provider.keys()
    await keycloak.stop()
    world.pass(60)
    const [issuer] = await world.provider.keys()
    const keys = createLocalJWKSet({ keys: issuer?.keys ?? [] } as JSONWebKeySet)
    expect((await jwtVerify(staying.tokens.access_token, keys)).payload.sub).toBe(account.subject)
    const away = { code: 'unavailable', retryAfterSeconds: 5 }
    await expect(enter()).rejects.toMatchObject(away)
    const { provider: cold } = open()
    for (const asked of [cold.keys(), cold.elsewhere.look()]) await expect(asked).rejects.toMatchObject(away)
    expect(cold.elsewhere.lastCall()).toMatchObject({ answered: false })
    await expect(world.provider.refresh(staying.tokens.refresh_token)).rejects.toMatchObject(away)
    expect(await world.provider.elsewhere.meet(arrivalOf(staying.tokens.access_token))).toMatchObject({
      sessionId: staying.sessionId,
    })
    await world.provider.endSession({ sessionId: leaving.sessionId, userId: account.userId }, 'logout')
    const over = { code: 'refresh_invalid' }
    await expect(world.provider.refresh(leaving.tokens.refresh_token)).rejects.toMatchObject(over)
    await expect(world.provider.elsewhere.finish()).rejects.toMatchObject(away)

    await keycloak.restart()
    expect((await cold.keys())[0]?.keys.length).toBeGreaterThan(0)
    expect(cold.elsewhere.lastCall()).toMatchObject({ answered: true })
    expect(await world.provider.refresh(staying.tokens.refresh_token)).toHaveProperty('granted')
    await world.provider.elsewhere.finish()
    const left = await keycloak.admin<{ id: string }[]>('GET', `/users/${account.subject}/sessions`)
    expect(left.map(({ id }) => id)).toEqual([arrivalOf(staying.tokens.access_token).sid])
  })
})
