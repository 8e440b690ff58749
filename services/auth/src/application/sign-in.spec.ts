import { tokenAudience, tokenIssuer } from '@pf/contracts'
import { sha256 } from '@pf/eventing'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import { graceMs } from '../domain/refresh-rotation.ts'
import { credentials } from '../testing/describe-sign-in-stores.ts'
import { runSignIn } from '../testing/running-sign-in.ts'
import { refreshLifeSeconds } from './embedded-identity.ts'

const sam = { username: 'Sam', password: 'correct horse', address: '127.0.0.1' }
const from = { address: '127.0.0.1' }
const graceSeconds = graceMs / 1000

async function signedIn(over: Parameters<typeof runSignIn>[0] = {}) {
  const running = await runSignIn(over)
  const user = await running.signIn.register(sam)
  const tokens = await running.signIn.login(sam)
  const refresh = (refreshToken: string) => running.signIn.refresh({ refreshToken, ...from })
  return { ...running, user, tokens, refresh }
}

describe('a registration', () => {
  it('opens an account whose owner can sign in; the first one runs the installation', async () => {
    const { signIn, accounts, happened } = await runSignIn()
    const { id, username } = await signIn.register({ ...sam, username: ' Sam ' })
    expect(username).toBe('Sam')
    expect(await accounts.byId(id)).toMatchObject({ username: 'Sam', roles: ['user', 'operator'] })
    const second = await signIn.register({ ...sam, username: 'Kim' })
    expect(await accounts.byId(second.id)).toMatchObject({ roles: ['user'] })
    expect(await happened()).toEqual(['UserRegistered', 'UserRegistered'])
  })

  it('keeps a hash of the password and nothing else of it', async () => {
    const { signIn, accounts } = await runSignIn()
    const { id } = await signIn.register(sam)
    expect((await accounts.byId(id))?.passwordHash).toBe('hash of correct horse')
  })

  it('is refused under a taken name in any case, and under one that nobody can see', async () => {
    const { signIn } = await runSignIn()
    await signIn.register(sam)
    await expect(signIn.register({ ...sam, username: 'sAM' })).rejects.toMatchObject({ code: 'username_taken' })
    for (const username of ['   ', 'a\u0000bc', 'ab ']) {
      await expect(signIn.register({ ...sam, username })).rejects.toMatchObject({ code: 'invalid_input' })
    }
  })

  it('is refused with the user name for a password, and the name stays free', async () => {
    const { signIn, accounts } = await runSignIn()
    const same = signIn.register({ ...sam, username: 'Samantha', password: 'SAMANTHA' })
    await expect(same).rejects.toMatchObject({ code: 'invalid_input' })
    expect(await accounts.count()).toBe(0)
  })

  it('is refused, in words, with a password that leaks often, and so is a change to one', async () => {
    const { signIn, accounts, changePassword } = await runSignIn()
    const common = { code: 'invalid_input', detail: expect.stringContaining('leak most often') }
    await expect(signIn.register({ ...sam, password: ' ILoveYou' })).rejects.toMatchObject(common)
    expect(await accounts.count()).toBe(0)
    const { id: userId } = await signIn.register(sam)
    const principal = { userId, spaceId: '', sessionId: 'x', roles: [] }
    await expect(changePassword(principal, sam.password, 'iloveyou', from)).rejects.toMatchObject(common)
  })

  it('makes one operator of two who come first at once', async () => {
    const { signIn, accounts } = await runSignIn()
    const users = await Promise.all(['Sam', 'Kim'].map((username) => signIn.register({ ...sam, username })))
    const roles = await Promise.all(users.map(async ({ id }) => (await accounts.byId(id))?.roles.length))
    expect(roles.toSorted()).toEqual([1, 2])
  })

  it.each(['invite', 'closed'] as const)(
    'where it is %s lets the first one in and nobody after',
    async (registration) => {
      const { signIn, accounts } = await runSignIn({ registration })
      const names = ['Sam', 'Kim', 'Alex']
      const tried = await Promise.allSettled(names.map((username) => signIn.register({ ...sam, username })))
      expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      expect(await accounts.count()).toBe(1)
      const late = signIn.register({ ...sam, username: 'Robin' })
      const code = registration === 'invite' ? 'invite_needed' : 'registration_closed'
      await expect(late).rejects.toMatchObject({ code })
    },
  )

  it('repeated as the same command answers the same user, also at once and where it was closed since', async () => {
    const { signIn, accounts, happened } = await runSignIn({ registration: 'invite' })
    const command = { ...sam, commandId: 'c-1' }
    const answers = await Promise.all([signIn.register(command), signIn.register(command)])
    expect(answers[0]).toEqual(answers[1])
    expect(await signIn.register(command)).toEqual(answers[0])
    expect(await accounts.count()).toBe(1)
    expect(await happened()).toEqual(['UserRegistered'])
    const other = signIn.register({ ...command, password: 'another password' })
    await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused' })
  })

  it('is slowed down by address, not by name', async () => {
    const { signIn, pass } = await runSignIn()
    for (let n = 0; n < 20; n++) await signIn.register({ ...sam, username: `user-${n}` })
    const refused = signIn.register({ ...sam, username: 'one-more' })
    await expect(refused).rejects.toMatchObject({ code: 'too_many_attempts', retryAfterSeconds: 600 })
    await signIn.register({ ...sam, username: 'elsewhere', address: '10.0.0.9' })
    pass(600)
    await signIn.register({ ...sam, username: 'one-more' })
  })
})

describe('a log-in', () => {
  it('gives a token that the public keys prove, for 900 s, and says whose space it opens', async () => {
    const { signIn, tokens, user, accounts, clock } = await signedIn()
    expect(tokens).toMatchObject({ expires_in: 900, refresh_expires_in: refreshLifeSeconds })
    const keys = createLocalJWKSet((await signIn.keys()).issuers[0] as JSONWebKeySet)
    const { payload, protectedHeader } = await jwtVerify(tokens.access_token, keys, {
      issuer: tokenIssuer,
      audience: tokenAudience,
      algorithms: ['ES256'],
      typ: 'at+jwt',
      currentDate: clock.now(),
    })
    const spaceId = (await accounts.byId(user.id))?.spaceId
    expect(payload).toMatchObject({ sub: user.id, space: spaceId, roles: ['user', 'operator'] })
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900)
    expect(protectedHeader.kid).toBe(
      (await signIn.keys()).issuers[0]?.keys.map((key) => (key as { kid: string }).kid)[0],
    )
    expect(JSON.stringify(await signIn.keys())).not.toContain('"d"')
  })

  it('takes the name in any case', async () => {
    const { signIn } = await signedIn()
    expect(await signIn.login({ ...sam, username: ' SAM ' })).toHaveProperty('access_token')
  })

  it('is refused in the same words, after the same work, for a wrong password and for an unknown name', async () => {
    const { signIn, passwords } = await signedIn()
    const refusal = (input: typeof sam) => signIn.login(input).catch((error: Error) => error.message)
    passwords.asked.length = 0
    const wrong = await refusal({ ...sam, password: 'wrong' })
    expect(wrong).toContain('bad_credentials')
    expect(await refusal({ ...sam, username: 'Nobody' })).toBe(wrong)
    expect(await refusal({ ...sam, username: 'No\u0000body' })).toBe(wrong)
    expect(passwords.asked).toEqual(['hash of correct horse', undefined, undefined])
  })

  it('heals a registration that was cut off after the account was made', async () => {
    const { signIn, accounts, happened } = await runSignIn()
    await accounts.add(credentials({ username: 'Sam', passwordHash: 'hash of correct horse' }), new Date())
    await signIn.login(sam)
    expect(await happened()).toEqual(['UserRegistered', 'SessionStarted'])
  })

  it('is slowed down after 10 wrong guesses, however many come at once, and by name and address only', async () => {
    const { signIn, passwords, pass } = await signedIn()
    passwords.asked.length = 0
    const guesses = Array.from({ length: 25 }, (_, n) =>
      signIn
        .login({ ...sam, username: n % 2 ? 'sam' : 'SAM', password: `guess ${n}` })
        .catch((error: unknown) => error),
    )
    const codes = (await Promise.all(guesses)).map((error) => (error as { code: string }).code)
    expect(codes.filter((code) => code === 'bad_credentials')).toHaveLength(10)
    expect(codes.filter((code) => code === 'too_many_attempts')).toHaveLength(15)
    expect(passwords.asked).toHaveLength(10)
    await expect(signIn.login(sam)).rejects.toMatchObject({ code: 'too_many_attempts', retryAfterSeconds: 900 })
    expect(await signIn.login({ ...sam, address: '10.0.0.9' })).toHaveProperty('access_token')
    pass(900)
    expect(await signIn.login(sam)).toHaveProperty('access_token')
  })

  it('hashes a password anew that was hashed with less work, and changes nothing else', async () => {
    const { signIn, accounts } = await runSignIn()
    const account = credentials({ username: 'Sam', passwordHash: 'cheap hash of correct horse' })
    await accounts.add(account, new Date())
    await signIn.login({ ...sam, password: 'wrong' }).catch(() => undefined)
    expect((await accounts.byId(account.userId))?.passwordHash).toBe('cheap hash of correct horse')
    const both = await Promise.all([signIn.login(sam), signIn.login(sam)])
    expect(both).toMatchObject([{ expires_in: 900 }, { expires_in: 900 }])
    expect(await accounts.byId(account.userId)).toEqual({ ...account, passwordHash: 'hash of correct horse' })
  })

  it('forgives the guesses before it', async () => {
    const { signIn } = await signedIn()
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 9; n++) await signIn.login({ ...sam, password: 'wrong' }).catch(() => undefined)
      expect(await signIn.login(sam)).toHaveProperty('access_token')
    }
  })
})

describe('a session', () => {
  it('goes on with each new refresh token', async () => {
    const { tokens, refresh, pass } = await signedIn()
    let { refresh_token } = tokens
    for (let n = 0; n < 4; n++) {
      pass(refreshLifeSeconds - 1)
      const next = await refresh(refresh_token)
      expect(next.refresh_token).not.toBe(refresh_token)
      refresh_token = next.refresh_token
    }
    pass(refreshLifeSeconds)
    await expect(refresh(refresh_token)).rejects.toMatchObject({ code: 'refresh_invalid' })
  })

  it('outlives an answer that was lost, for as long as the grace lasts', async () => {
    const { tokens, refresh, pass } = await signedIn()
    const lost = await refresh(tokens.refresh_token)
    pass(graceSeconds)
    const again = await refresh(tokens.refresh_token)
    await expect(refresh(lost.refresh_token)).rejects.toMatchObject({ code: 'refresh_invalid' })
    expect(await refresh(again.refresh_token)).toHaveProperty('access_token')
  })

  it('goes on in one place where two refresh at once', async () => {
    const { tokens, refresh } = await signedIn()
    const both = await Promise.all([refresh(tokens.refresh_token), refresh(tokens.refresh_token)])
    const tried = await Promise.allSettled(both.map(({ refresh_token }) => refresh(refresh_token)))
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  })

  it.each([
    ['its successor was used', async (next: () => Promise<unknown>) => next()],
    ['the grace is over', async (_next: unknown, pass: (seconds: number) => void) => pass(graceSeconds + 1)],
  ])('ends everywhere when an old token comes after %s', async (_when, happens) => {
    const { tokens, refresh, pass, signIn, happened } = await signedIn()
    const successor = await refresh(tokens.refresh_token)
    let newest = successor
    await happens(async () => {
      newest = await refresh(successor.refresh_token)
    }, pass)
    await expect(refresh(tokens.refresh_token)).rejects.toMatchObject({ code: 'refresh_reused' })
    await expect(refresh(newest.refresh_token)).rejects.toMatchObject({ code: 'refresh_invalid' })
    await expect(refresh(tokens.refresh_token)).rejects.toMatchObject({ code: 'refresh_invalid' })
    expect((await signIn.endedSessions()).sessionIds).toHaveLength(1)
    expect(await happened()).toEqual(['UserRegistered', 'SessionStarted', 'SessionEnded'])
  })

  it('ends at log-out, once, and is known as ended for as long as its access tokens live', async () => {
    const { signIn, tokens, refresh, pass, happened } = await signedIn()
    const other = await signIn.login(sam)
    await signIn.logout({ refreshToken: tokens.refresh_token, ...from })
    expect(await signIn.logout({ refreshToken: tokens.refresh_token, ...from })).toEqual({ ok: true })
    await expect(refresh(tokens.refresh_token)).rejects.toMatchObject({ code: 'refresh_invalid' })
    expect(await refresh(other.refresh_token)).toHaveProperty('access_token')
    expect((await happened()).filter((type) => type === 'SessionEnded')).toHaveLength(1)
    pass(900)
    expect((await signIn.endedSessions()).sessionIds).toHaveLength(1)
    pass(61)
    expect((await signIn.endedSessions()).sessionIds).toEqual([])
  })

  it('ends at log-out with nothing but its access token', async () => {
    const { signIn, tokens, user, refresh } = await signedIn()
    const { sid } = JSON.parse(Buffer.from(tokens.access_token.split('.')[1] ?? '', 'base64url').toString()) as {
      sid: string
    }
    await signIn.logout({ session: { sessionId: sid, userId: user.id }, ...from })
    expect((await signIn.endedSessions()).sessionIds).toEqual([sid])
    await expect(refresh(tokens.refresh_token)).rejects.toMatchObject({ code: 'refresh_invalid' })
  })

  it('that nobody knows is neither refreshed nor ended', async () => {
    const { signIn, refresh, happened } = await signedIn()
    await expect(refresh('made-up')).rejects.toMatchObject({ code: 'refresh_invalid' })
    expect(await signIn.logout({ refreshToken: 'made-up', ...from })).toEqual({ ok: true })
    expect(await signIn.logout(from)).toEqual({ ok: true })
    expect(await happened()).not.toContain('SessionEnded')
  })

  it('is forgotten after its last token has expired', async () => {
    const { signIn, tokens, refreshTokens, pass } = await signedIn()
    const hash = sha256(tokens.refresh_token)
    pass(refreshLifeSeconds - 1)
    await signIn.forgetExpired()
    expect(await refreshTokens.find(hash)).toBeDefined()
    pass(1)
    await signIn.forgetExpired()
    expect(await refreshTokens.find(hash)).toBeUndefined()
  })
})

describe('a user', () => {
  it('is told who they are and what their token may, and nobody else is', async () => {
    const { signIn, user } = await signedIn()
    const principal = { userId: user.id, spaceId: 's', sessionId: 'x', roles: ['operator', 'user', 'of-a-realm'] }
    expect(await signIn.me(principal)).toEqual({ id: user.id, username: 'Sam', roles: ['user', 'operator'] })
    expect(await signIn.me({ ...principal, roles: ['user'] })).toMatchObject({ roles: ['user'] })
    await expect(signIn.me({ ...principal, userId: 'u-2' })).rejects.toMatchObject({ code: 'unauthenticated' })
  })
})

describe('who is being moved to another installation', () => {
  it('is told its address once the password is right, and nobody else is', async () => {
    let address: string | undefined
    const { signIn, refresh, tokens } = await signedIn({ newPlaceOf: async () => address })
    address = 'https://two.example'
    const moved = { code: 'space_moved', detail: expect.stringContaining(address) }
    await expect(signIn.login(sam)).rejects.toMatchObject(moved)
    await expect(refresh(tokens.refresh_token)).rejects.toMatchObject(moved)
    await expect(signIn.login({ ...sam, password: 'not the one' })).rejects.toMatchObject({ code: 'bad_credentials' })
    address = undefined
    expect(await signIn.login(sam)).toMatchObject({ access_token: expect.any(String) })
  })
})
