import { refuse } from '@pf/contracts'
import { derivedUuid } from '@pf/eventing'
import { runSignIn } from '../testing/running-sign-in.ts'
import type { Elsewhere } from './identity-provider.ts'
import { SignInElsewhere } from './sign-in-elsewhere.ts'

const issuer = 'https://id.example.org/realms/personal-finances'
const laptop = { address: '203.0.113.9', userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Firefox/131.0' }
const userIdOf = (subject: string) => derivedUuid('user', issuer, subject)
const sessionIdOf = (sid: string) => derivedUuid('session', issuer, sid)
const said = (subject: string, sid: string, roles = ['user']) => ({ issuer, subject, sid, roles, ...laptop })

/** Another provider in a few lines: whom it knows by which name, and which sessions of theirs have ended. */
function memoryElsewhere(names: Record<string, string>): Elsewhere & { ended: Set<string> } {
  const ended = new Set<string>()
  return {
    ended,
    place: { url: 'https://id.example.org', realm: 'personal-finances', client_id: 'web' },
    async meet({ subject, sid }) {
      const username = names[subject]
      if (username === undefined || ended.has(sid)) throw refuse('unauthenticated', 'This session has ended.')
      const newcomer = { userId: userIdOf(subject), username }
      return { issuer, subject, sessionId: sessionIdOf(sid), endsInSeconds: 2_592_000, newcomer }
    },
    async loggedOut(sid) {
      const known = !ended.has(sid)
      ended.add(sid)
      return known ? [{ sessionId: sessionIdOf(sid), userId: userIdOf('s-1') }] : []
    },
    look: async () => {},
    lastCall: () => ({ at: '2026-11-20T08:00:00.000Z', answered: false }),
    finish: async () => {},
    forgetExpired: async () => {},
  }
}

async function running(over: Parameters<typeof runSignIn>[0] = {}) {
  const signedIn = await runSignIn(over)
  const elsewhere = memoryElsewhere({ 's-1': 'Sam', 's-2': 'kim', 's-3': 'SAM', 's-4': 'xx' })
  return { ...signedIn, elsewhere, door: new SignInElsewhere({ elsewhere, signIn: signedIn.signIn }) }
}

describe('somebody who signs in at another provider', () => {
  it('becomes a user with a space once, in a session that is listed with where it was seen', async () => {
    const { door, signIn, happened } = await running()
    const first = await door.principal(said('s-1', 'a'))
    expect(await door.principal(said('s-1', 'a'))).toEqual(first)
    const second = await door.principal(said('s-1', 'b'))
    expect(second).toEqual({ ...first, sessionId: sessionIdOf('b') })
    const { items } = await signIn.sessions.list(second)
    expect(items).toMatchObject([
      { id: sessionIdOf('a'), current: false },
      { id: sessionIdOf('b'), current: true, address: '203.0.113.9', device: 'Firefox 131 on Linux' },
    ])
    expect(await happened()).toEqual(
      ['UserRegistered', 'SessionStarted', 'SessionStarted'].map((type) => expect.stringContaining(type)),
    )
  })

  it('is one user, however many first calls come at once', async () => {
    const { door } = await running()
    const all = await Promise.all(['a', 'a', 'b', 'c'].map((sid) => door.principal(said('s-1', sid))))
    expect(new Set(all.map(({ spaceId }) => spaceId)).size).toBe(1)
  })

  it('is seen where the last call came from, while the session goes on', async () => {
    const { door, signIn, pass } = await running()
    await door.principal(said('s-1', 'a'))
    pass(120)
    const principal = await door.principal({ ...said('s-1', 'a'), address: '198.51.100.1' })
    const { items } = await signIn.sessions.list(principal)
    expect(items).toMatchObject([{ address: '198.51.100.1', last_seen_at: '2026-11-20T08:02:00.000Z' }])
  })

  it('runs the installation as the first one where no code is asked for that, and else where the provider says so', async () => {
    const open = await running()
    expect((await open.door.principal(said('s-1', 'a'))).roles).toEqual(['user', 'operator'])
    expect((await open.door.principal(said('s-2', 'b'))).roles).toEqual(['user'])
    const invited = await running({ firstCode: '7k2m-9xqt-4hzd-b0wn' })
    expect((await invited.door.principal(said('s-1', 'a'))).roles).toEqual(['user'])
    expect((await invited.door.principal(said('s-2', 'b', ['operator', 'user']))).roles).toEqual(['user', 'operator'])
    expect((await invited.door.principal(said('s-2', 'b', ['offline_access', 'admin']))).roles).toEqual(['user'])
  })

  it('makes the one-time code void as the first one here, which nobody can register with then', async () => {
    const code = '7k2m-9xqt-4hzd-b0wn'
    const { door, signIn, told } = await running({ firstCode: code, registration: 'invite' })
    await door.principal(said('s-1', 'a'))
    expect(told).toEqual(['done'])
    const late = signIn.register({ username: 'Kim', password: 'correct horse battery', invite: code, address: '::1' })
    await expect(late).rejects.toMatchObject({ code: 'invite_invalid' })
  })

  it('is refused with a name that is taken or that is none here, and told where to change it', async () => {
    const { door } = await running()
    await door.principal(said('s-1', 'a'))
    const taken = door.principal(said('s-3', 'b'))
    for (const refused of [taken, door.principal(said('s-4', 'c'))])
      await expect(refused).rejects.toMatchObject({
        code: 'name_unusable',
        detail: expect.stringContaining('changed where you sign in'),
      })
  })

  it('is out once the provider says so, and the gateways hear of it', async () => {
    const { door, signIn, accounts, audit } = await running()
    const { userId } = await door.principal(said('s-1', 'a'))
    expect((await accounts.byId(userId))?.passwordHash).toBeNull()
    for (let times = 0; times < 2; times++) expect(await door.loggedOut({ logoutToken: 'a' })).toEqual({})
    expect((await signIn.endedSessions()).sessionIds).toEqual([sessionIdOf('a')])
    await expect(door.principal(said('s-1', 'a'))).rejects.toMatchObject({ code: 'unauthenticated' })
    expect((await audit.list({ userId, limit: 10 })).map(({ action }) => action)).toEqual(['signed_out', 'signed_in'])
  })
})

it('where nobody else signs people in, their tokens and log-outs are refused', async () => {
  const door = new SignInElsewhere({ elsewhere: undefined, signIn: (await runSignIn()).signIn })
  await expect(door.principal(said('s-1', 'a'))).rejects.toMatchObject({ code: 'unauthenticated' })
  await expect(door.loggedOut({ logoutToken: 'a' })).rejects.toMatchObject({ code: 'not_found' })
  await door.look()
  expect(door.lastCalls()).toEqual({})
})
