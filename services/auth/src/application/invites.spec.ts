import { runSignIn } from '../testing/running-sign-in.ts'
import { maxOpenInvites } from './invites.ts'
import { securityTrail } from './security-trail.ts'

const from = { address: '203.0.113.9' }
const person = (username: string, invite?: string) => ({
  username,
  password: 'correct horse',
  ...from,
  ...(invite === undefined ? {} : { invite }),
})

/** An installation by invitation, with its operator. */
async function invited() {
  const running = await runSignIn({ registration: 'invite' })
  const { signIn, accounts } = running
  const { id: userId } = await signIn.register(person('Sam'))
  const spaceId = (await accounts.byId(userId))?.spaceId ?? ''
  const operator = { userId, spaceId, sessionId: 'x-1', roles: ['user', 'operator'] }
  return { ...running, operator }
}

describe('an invitation', () => {
  it('lets one person in, however the code is typed, and nobody after', async () => {
    const { signIn, invites, operator, accounts, happened } = await invited()
    const { code, id, expires_at } = await invites.issue(operator, {})
    expect(expires_at).toBe('2026-11-27T08:00:00.000Z')
    const { id: kim } = await signIn.register(person('Kim', ` ${code.toUpperCase().replaceAll('-', ' ')}`))
    expect((await accounts.byId(kim))?.roles).toEqual(['user'])
    await expect(signIn.register(person('Alex', code))).rejects.toMatchObject({ code: 'invite_invalid' })
    expect((await invites.list(operator)).items).toMatchObject([{ id, status: 'used' }])
    expect(await happened()).toEqual(['UserRegistered', 'InviteIssued', 'InviteUsed', 'UserRegistered'])
  })

  it('lets one in of those who come at once', async () => {
    const { signIn, invites, operator, accounts } = await invited()
    const { code } = await invites.issue(operator, {})
    const names = ['Kim', 'Alex', 'Robin', 'Jo']
    const tried = await Promise.allSettled(names.map((name) => signIn.register(person(name, code))))
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await accounts.count()).toBe(2)
  })

  it('is not used up by a name that is taken or a password that is refused', async () => {
    const { signIn, invites, operator } = await invited()
    const { code } = await invites.issue(operator, {})
    await expect(signIn.register(person('SAM', code))).rejects.toMatchObject({ code: 'username_taken' })
    const common = signIn.register({ ...person('Kim', code), password: 'iloveyou' })
    await expect(common).rejects.toMatchObject({ code: 'invalid_input' })
    expect(await signIn.register(person('Kim', code))).toMatchObject({ username: 'Kim' })
  })

  it('is needed before anything is said about a name', async () => {
    const { signIn } = await invited()
    const codesOf = async (invite?: string) =>
      Promise.all(
        ['Sam', 'Nobody'].map((name) =>
          signIn.register(person(name, invite)).catch((error: unknown) => (error as Error).message),
        ),
      )
    const [taken, free] = await codesOf()
    expect(taken).toContain('invite_needed')
    expect(free).toBe(taken)
    const [takenToo, freeToo] = await codesOf('made-up')
    expect(takenToo).toContain('invite_invalid')
    expect(freeToo).toBe(takenToo)
  })

  it('ends: by its time, or taken back while nobody has used it', async () => {
    const { signIn, invites, operator, pass, audit, happened } = await invited()
    const revoked = await invites.issue(operator, { expiresInDays: 30 })
    await invites.revoke(operator, { id: revoked.id })
    await expect(signIn.register(person('Kim', revoked.code))).rejects.toMatchObject({ code: 'invite_invalid' })
    await expect(invites.revoke(operator, { id: revoked.id })).rejects.toMatchObject({ code: 'invite_not_found' })
    const { code } = await invites.issue(operator, { expiresInDays: 1 })
    pass(86_400)
    await expect(signIn.register(person('Kim', code))).rejects.toMatchObject({ code: 'invite_invalid' })
    expect((await invites.list(operator)).items.map(({ status }) => status)).toEqual(['expired'])
    pass(30 * 86_400 + 1)
    await invites.forgetEnded()
    expect((await invites.list(operator)).items).toEqual([])
    expect((await happened()).filter((type) => type.startsWith('Invite'))).toEqual([
      ...['InviteIssued', 'InviteRevoked', 'InviteIssued'],
    ])
    const trail = await securityTrail(audit, operator, {})
    expect(trail.items.map(({ action }) => action)).toEqual([
      'invite_issued',
      'invite_revoked',
      'invite_issued',
      'registered',
    ])
  })

  it('is for operators to make, see and take back, with a session; so many at a time', async () => {
    const { invites, operator } = await invited()
    const kim = { ...operator, roles: ['user'] }
    const script = { ...operator, scopes: ['admin' as const] }
    for (const [who, code] of [[kim, 'operator_only'] as const, [script, 'scope_missing'] as const]) {
      await expect(invites.issue(who, {})).rejects.toMatchObject({ code })
      await expect(invites.list(who)).rejects.toMatchObject({ code })
      await expect(invites.revoke(who, { id: 'x' })).rejects.toMatchObject({ code })
    }
    for (let n = 0; n < maxOpenInvites; n++) await invites.issue(operator, {})
    await expect(invites.issue(operator, {})).rejects.toMatchObject({ code: 'invites_full' })
  })

  it('goes with whoever issued it', async () => {
    const { signIn, invites, operator } = await invited()
    const { code } = await invites.issue(operator, {})
    await invites.forgetOf(operator.userId)
    await expect(signIn.register(person('Kim', code))).rejects.toMatchObject({ code: 'invite_invalid' })
  })
})

describe('the first user, beyond a machine of their own', () => {
  const firstCode = '7k2m-9xqt-4hzd-b0wn'

  it.each(['open', 'invite', 'closed'] as const)(
    'becomes the operator by the one-time code alone, where registration is %s',
    async (registration) => {
      const { signIn, accounts, told } = await runSignIn({ registration, firstCode })
      expect(await signIn.config()).toMatchObject({ registration, invite_needed: true })
      await expect(signIn.register(person('Eve'))).rejects.toMatchObject({ code: 'invite_needed' })
      await expect(signIn.register(person('Eve', 'guessed'))).rejects.toMatchObject({ code: 'invite_invalid' })
      expect(await accounts.count()).toBe(0)
      const racing = ['Sam', 'Eve'].map((name) => signIn.register(person(name, name === 'Sam' ? firstCode : 'no')))
      const [sam, eve] = await Promise.allSettled(racing)
      expect([sam?.status, eve?.status]).toEqual(['fulfilled', 'rejected'])
      expect((await accounts.byUsername('sam'))?.roles).toEqual(['user', 'operator'])
      expect(told.at(-1)).toBe('done')
      expect(await signIn.config()).toMatchObject({ invite_needed: registration === 'invite' })
    },
  )

  it('is one, of however many have read the code', async () => {
    const { signIn, accounts } = await runSignIn({ registration: 'invite', firstCode })
    const names = ['Sam', 'Kim', 'Alex']
    const tried = await Promise.allSettled(names.map((name) => signIn.register(person(name, firstCode))))
    expect(tried.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await accounts.count()).toBe(1)
    await expect(signIn.register(person('Late', firstCode))).rejects.toMatchObject({ code: 'invite_invalid' })
  })
})
