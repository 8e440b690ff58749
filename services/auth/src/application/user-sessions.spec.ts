import { runSignIn } from '../testing/running-sign-in.ts'
import { refreshLifeSeconds } from './embedded-identity.ts'
import { securityTrail } from './security-trail.ts'

const phone = { address: '203.0.113.5', userAgent: 'Mozilla/5.0 (Android 14; Mobile; rv:132.0) Firefox/132.0' }
const laptop = { address: '203.0.113.9', userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Firefox/131.0' }
const sam = { username: 'Sam', password: 'correct horse' }
const client = { address: laptop.address, userAgent: laptop.userAgent }

/** Sam, signed in on the phone and then on the laptop. */
async function signedIn() {
  const running = await runSignIn()
  const { signIn, accounts } = running
  const { id: userId } = await signIn.register({ ...sam, ...laptop })
  const onPhone = await signIn.login({ ...sam, ...phone })
  running.pass(60)
  const onLaptop = await signIn.login({ ...sam, ...laptop })
  const account = await accounts.byId(userId)
  const asked = { userId, spaceId: account?.spaceId ?? '', sessionId: '', roles: ['user'] }
  const [newer, older] = (await signIn.sessions.list(asked)).items
  const principal = { ...asked, sessionId: newer?.id ?? '' }
  const actions = async () => (await securityTrail(running.audit, principal, {})).items.map(({ action }) => action)
  const change = (current: string, fresh: string) => running.changePassword(principal, current, fresh, client)
  return { ...running, principal, onPhone, onLaptop, phoneSession: older?.id ?? '', actions, change }
}

describe("a user's sessions", () => {
  it('are told in words, and which one it is that asks', async () => {
    const { signIn, principal } = await signedIn()
    const { items } = await signIn.sessions.list(principal)
    expect(items).toMatchObject([
      { id: principal.sessionId, current: true, device: 'Firefox 131 on Linux', address: '203.0.113.9' },
      { current: false, device: 'Firefox 132 on Android', started_at: '2026-11-20T08:00:00.000Z' },
    ])
  })

  it('are seen where they were refreshed last', async () => {
    const { signIn, principal, onPhone, pass } = await signedIn()
    pass(600)
    await signIn.refresh({ refreshToken: onPhone.refresh_token, ...phone, address: '198.51.100.1' })
    const [first] = (await signIn.sessions.list(principal)).items
    expect(first).toMatchObject({ current: false, address: '198.51.100.1', last_seen_at: '2026-11-20T08:11:00.000Z' })
  })

  it('are revoked one by one: refused by the gateways, and refreshed no more', async () => {
    const { signIn, principal, phoneSession, onPhone, onLaptop, happened, actions } = await signedIn()
    await signIn.sessions.revoke(principal, phoneSession, client)
    expect((await signIn.endedSessions()).sessionIds).toEqual([phoneSession])
    const gone = signIn.refresh({ refreshToken: onPhone.refresh_token, ...phone })
    await expect(gone).rejects.toMatchObject({ code: 'refresh_invalid' })
    expect(await signIn.refresh({ refreshToken: onLaptop.refresh_token, ...laptop })).toHaveProperty('access_token')
    expect((await happened()).filter((type) => type === 'SessionEnded')).toHaveLength(1)
    expect((await actions())[0]).toBe('session_revoked')
    const again = signIn.sessions.revoke(principal, phoneSession, client)
    await expect(again).rejects.toMatchObject({ code: 'session_not_found' })
  })

  it("are nobody else's to see or to end", async () => {
    const { signIn, principal, phoneSession } = await signedIn()
    const kim = { ...principal, userId: '018f0000-0000-7000-8000-00000000b002' }
    expect((await signIn.sessions.list(kim)).items).toEqual([])
    await expect(signIn.sessions.revoke(kim, phoneSession, client)).rejects.toMatchObject({ code: 'session_not_found' })
    expect((await signIn.sessions.list(principal)).items).toHaveLength(2)
  })

  it('that nobody refreshed in time end by themselves, once, and nobody did it', async () => {
    const { signIn, principal, happened, actions, pass } = await signedIn()
    const before = await actions()
    pass(refreshLifeSeconds - 60)
    await signIn.forgetExpired()
    expect((await happened()).filter((type) => type === 'SessionEnded')).toHaveLength(1)
    pass(60)
    await signIn.forgetExpired()
    await signIn.forgetExpired()
    expect((await happened()).filter((type) => type === 'SessionEnded')).toHaveLength(2)
    expect((await signIn.sessions.list(principal)).items).toEqual([])
    expect(await actions()).toEqual(before)
  })
})

describe('a change of the password', () => {
  it('takes the one of now, and ends every session but that which asked', async () => {
    const { signIn, change, onPhone, onLaptop, happened, actions } = await signedIn()
    await change(sam.password, 'a new long one')
    const old = signIn.login({ ...sam, ...laptop })
    await expect(old).rejects.toMatchObject({ code: 'bad_credentials' })
    const gone = signIn.refresh({ refreshToken: onPhone.refresh_token, ...phone })
    await expect(gone).rejects.toMatchObject({ code: 'refresh_invalid' })
    expect(await signIn.refresh({ refreshToken: onLaptop.refresh_token, ...laptop })).toHaveProperty('access_token')
    expect(await signIn.login({ ...sam, password: 'a new long one', ...phone })).toHaveProperty('access_token')
    expect((await happened()).filter((type) => type === 'PasswordChanged')).toHaveLength(1)
    expect(await actions()).toEqual([
      ...['signed_in', 'sign_in_failed', 'password_changed', 'session_revoked'],
      ...['signed_in', 'signed_in', 'registered'],
    ])
  })

  it('is refused to the user name, and the old one stays', async () => {
    const { signIn, change } = await signedIn()
    await expect(change(sam.password, 'sAM')).rejects.toMatchObject({ code: 'invalid_input' })
    expect(await signIn.login({ ...sam, ...phone })).toHaveProperty('access_token')
  })

  it('is refused without it, changes nothing, and cannot be tried for ever', async () => {
    const { signIn, change, principal, actions } = await signedIn()
    for (let n = 0; n < 10; n++) {
      await expect(change('a guess', 'a new long one')).rejects.toMatchObject({ code: 'bad_credentials' })
    }
    await expect(change(sam.password, 'a new long one')).rejects.toMatchObject({ code: 'too_many_attempts' })
    expect((await signIn.sessions.list(principal)).items).toHaveLength(2)
    expect(await signIn.login({ ...sam, ...phone })).toHaveProperty('access_token')
    expect((await actions()).filter((action) => action === 'password_refused')).toHaveLength(10)
  })
})

describe('security events', () => {
  it("are one's own, page by page; everybody's are for the operator alone", async () => {
    const { audit, principal, signIn } = await signedIn()
    await signIn.login({ username: 'Nobody', password: 'wrong', ...laptop }).catch(() => undefined)
    const first = await securityTrail(audit, principal, { limit: 2 })
    expect(first.items.map(({ action, device }) => [action, device])).toEqual([
      ['signed_in', 'Firefox 131 on Linux'],
      ['signed_in', 'Firefox 132 on Android'],
    ])
    const rest = await securityTrail(audit, principal, { limit: 2, cursor: first.next_cursor ?? '' })
    expect(rest).toMatchObject({ items: [{ action: 'registered' }] })
    expect(rest).not.toHaveProperty('next_cursor')
    await expect(securityTrail(audit, principal, { all: true })).rejects.toMatchObject({ code: 'operator_only' })
    const bent = securityTrail(audit, principal, { cursor: 'not-one-of-ours' })
    await expect(bent).rejects.toMatchObject({ code: 'invalid_input' })
    const all = await securityTrail(audit, { ...principal, roles: ['user', 'operator'] }, { all: true })
    expect(all.items[0]).toMatchObject({ action: 'sign_in_failed', user_id: null })
    expect(JSON.stringify(all)).not.toContain('Nobody')
  })

  it('are kept for 180 days', async () => {
    const { audit, principal, signIn, pass } = await signedIn()
    pass(180 * 86_400 - 60)
    await signIn.forgetExpired()
    expect((await securityTrail(audit, principal, {})).items).toHaveLength(3)
    pass(61)
    await signIn.forgetExpired()
    expect((await securityTrail(audit, principal, {})).items).toEqual([])
  })
})
