import { memoryAccounts } from '../testing/memory-accounts.ts'
import { memoryRefreshTokens } from '../testing/memory-refresh-tokens.ts'
import { memorySessions } from '../testing/memory-sessions.ts'
import { plainPasswords, runSignIn } from '../testing/running-sign-in.ts'

const sam = { username: 'Sam', password: 'correct horse', address: '203.0.113.9' }
const fresh = 'a new long one'

/** The same object, whose every call is told before it is made and once it has answered. */
function watched<T extends object>(target: T, onStep: () => Promise<void>): T {
  return new Proxy(target, {
    get(from, name, receiver) {
      const value: unknown = Reflect.get(from, name, receiver)
      if (typeof value !== 'function') return value
      return async (...given: unknown[]) => {
        await onStep()
        const answer: unknown = await value.apply(from, given)
        await onStep()
        return answer
      }
    },
  })
}

/** Sam, signed in; the password changes at step `at` of what is done next. */
async function changingAt(at: number) {
  let steps = Number.NEGATIVE_INFINITY
  let change = async () => {}
  const onStep = async () => {
    if (steps++ === at) await change()
  }
  const running = await runSignIn({
    accounts: watched(memoryAccounts(), onStep),
    refreshTokens: watched(memoryRefreshTokens(), onStep),
    sessions: watched(memorySessions(), onStep),
    passwords: watched(plainPasswords(), onStep),
  })
  const { id: userId } = await running.signIn.register(sam)
  await running.signIn.login(sam)
  const account = await running.accounts.byId(userId)
  const asked = { userId, spaceId: account?.spaceId ?? '', sessionId: '', roles: ['user'] }
  const open = async () => (await running.signIn.sessions.list(asked)).items.map(({ id }) => id)
  const [sessionId = ''] = await open()
  change = async () => void (await running.changePassword({ ...asked, sessionId }, sam.password, fresh, sam))
  const login = async () => {
    steps = 0
    const tokens = await running.signIn.login(sam).catch(() => undefined)
    const taken = steps
    steps = Number.NEGATIVE_INFINITY
    return { tokens, taken }
  }
  return { ...running, open, sessionId, login }
}

describe('a log-in with the old password, while it is being changed', () => {
  it('leaves no session open, at whichever step of it the change comes', async () => {
    const { taken } = await (await changingAt(Number.POSITIVE_INFINITY)).login()
    expect(taken).toBeGreaterThanOrEqual(8)
    let refused = 0
    for (let at = 0; at < taken; at++) {
      const { login, open, sessionId, signIn } = await changingAt(at)
      const { tokens } = await login()
      expect({ at, open: await open() }).toEqual({ at, open: [sessionId] })
      if (tokens === undefined) refused++
      else {
        const goesOn = signIn.refresh({ refreshToken: tokens.refresh_token, address: sam.address })
        await expect(goesOn).rejects.toMatchObject({ code: 'refresh_invalid' })
      }
      expect(await signIn.login({ ...sam, password: fresh })).toHaveProperty('access_token')
    }
    expect(refused).toBeGreaterThan(0)
  })
})

describe('the second step of a log-in whose password has changed since', () => {
  it('opens no session', async () => {
    const { signIn, accounts, provider } = await runSignIn()
    const { id } = await signIn.register(sam)
    const account = await accounts.byId(id)
    if (account === undefined) throw new Error('There is no account.')
    await provider.changePassword(account, fresh)
    const late = signIn.start(await provider.begin(account, account.passwordVersion), sam)
    await expect(late).rejects.toMatchObject({ code: 'bad_credentials' })
    const asked = { userId: id, spaceId: account.spaceId, sessionId: '', roles: [] }
    expect((await signIn.sessions.list(asked)).items).toEqual([])
  })
})

describe('a change of the password that is repeated', () => {
  it('answers the same, and ends what the first one was kept from ending', async () => {
    const running = await runSignIn()
    const { signIn, provider, accounts, changePassword } = running
    const { id: userId } = await signIn.register(sam)
    await signIn.login(sam)
    const account = await accounts.byId(userId)
    const asked = { userId, spaceId: account?.spaceId ?? '', sessionId: '', roles: ['user'] }
    const [mine] = (await signIn.sessions.list(asked)).items
    const principal = { ...asked, sessionId: mine?.id ?? '' }
    running.pass(1)
    await signIn.login(sam)
    // Cut off after the first thing that it does.
    if (account !== undefined) await provider.changePassword(account, fresh)
    expect(await changePassword(principal, sam.password, fresh, sam)).toEqual({})
    expect(await changePassword(principal, sam.password, fresh, sam)).toEqual({})
    expect((await signIn.sessions.list(principal)).items).toMatchObject([{ id: mine?.id }])
    expect(await running.happened()).toContain('PasswordChanged')
    expect((await accounts.byId(userId))?.passwordVersion).toBe(2)
    const other = changePassword(principal, sam.password, 'another one again', sam)
    await expect(other).rejects.toMatchObject({ code: 'bad_credentials' })
  })
})
