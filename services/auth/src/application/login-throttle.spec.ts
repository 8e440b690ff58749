import fc from 'fast-check'
import { runSignIn } from '../testing/running-sign-in.ts'

const sam = { username: 'Sam', password: 'correct horse' }
const home = { address: '203.0.113.9' }
const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'in',
    (error: unknown) => (error as { code: string }).code,
  )

/** Sam, who has signed in on a laptop before. */
async function known() {
  const running = await runSignIn()
  await running.signIn.register({ ...sam, ...home })
  const { device } = await running.signIn.login({ ...sam, ...home })
  const tried = (over: { username?: string; password?: string; address?: string; device?: string }) =>
    codeOf(running.signIn.login({ ...sam, ...home, ...over }))
  return { ...running, device: device ?? '', tried }
}
const addressOf = (n: number) => `198.51.${Math.floor(n / 250)}.${n % 250}`

describe('guesses at a password', () => {
  it('are let through ten by ten from one network, however its addresses are written', async () => {
    const { tried } = await known()
    const from = (n: number) => tried({ password: `guess ${n}`, address: `2001:db8:7:7::${n.toString(16)}` })
    const codes = await Promise.all(Array.from({ length: 14 }, (_, n) => from(n)))
    expect(codes.filter((code) => code === 'bad_credentials')).toHaveLength(10)
    expect(codes.filter((code) => code === 'too_many_attempts')).toHaveLength(4)
    expect(await tried({ address: '2001:db8:7:8::1' })).toBe('in')
  })

  it('at one name from many networks are a hundred an hour, and a name that nobody has answers the same', async () => {
    const { tried, pass } = await known()
    const hammer = async (username: string) => {
      const codes: string[] = []
      for (let n = 0; n < 130; n++) codes.push(await tried({ username, password: `guess ${n}`, address: addressOf(n) }))
      return codes
    }
    const [somebody, nobody] = [await hammer('sam'), await hammer('nobody')]
    expect(somebody.filter((code) => code === 'bad_credentials')).toHaveLength(100)
    expect(nobody).toEqual(somebody)
    expect(await tried({ address: addressOf(999) })).toBe('too_many_attempts')
    pass(3600)
    expect(await tried({ address: addressOf(999) })).toBe('in')
  })

  it('at many names from one network are two hundred in a quarter of an hour', async () => {
    const { tried } = await known()
    const codes: string[] = []
    for (let n = 0; n < 220; n++) codes.push(await tried({ username: `user-${n}`, address: '198.51.100.7' }))
    expect(codes.filter((code) => code === 'bad_credentials')).toHaveLength(200)
    expect(await tried({})).toBe('in')
  })

  it('that one network had refused shut the name to no other', async () => {
    const { tried } = await known()
    for (let n = 0; n < 500; n++) await tried({ password: `guess ${n}`, address: '198.51.100.7' })
    expect(await tried({})).toBe('in')
  })

  it('however many, and from wherever, never keep the owner out of a device that they signed in on', async () => {
    const guess = fc.record({ from: fc.nat({ max: 400 }), stolen: fc.boolean(), home: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(guess, { minLength: 150, maxLength: 260 }), async (guesses) => {
        const { tried, device, signIn } = await known()
        // What strangers hold: nothing, something made up, or what they were given for a name of their own.
        await signIn.register({ username: 'Mallory', password: 'correct horse', ...home })
        const { device: theirs } = await signIn.login({ username: 'Mallory', password: 'correct horse', ...home })
        for (const [n, { from, stolen, home: atHome }] of guesses.entries()) {
          const address = atHome ? home.address : addressOf(from)
          const held = stolen ? theirs : `made-up-${n}`
          await tried({ password: `guess ${n}`, address, ...(held === undefined ? {} : { device: held }) })
        }
        expect(await tried({ device })).toBe('in')
        expect(await tried({ device, address: addressOf(7) })).toBe('in')
      }),
      { numRuns: 12 },
    )
  })

  it('on a known device are counted there, and shut nothing else', async () => {
    const { tried, device, pass } = await known()
    for (let n = 0; n < 10; n++) expect(await tried({ password: 'wrong', device })).toBe('bad_credentials')
    expect(await tried({ device })).toBe('too_many_attempts')
    expect(await tried({})).toBe('in')
    pass(900)
    expect(await tried({ device })).toBe('in')
  })

  it('on devices of before count as anybody’s once the password has changed', async () => {
    const { signIn, accounts, changePassword, device, tried } = await known()
    const account = await accounts.byUsername('sam')
    const mine = await signIn.login({ ...sam, address: '203.0.113.10' })
    const open = await signIn.sessions.list({ userId: account?.userId ?? '', spaceId: '', sessionId: '', roles: [] })
    const principal = { ...account, userId: account?.userId ?? '', spaceId: account?.spaceId ?? '', roles: ['user'] }
    const sessionId = open.items[0]?.id ?? ''
    const from = { ...home, device: mine.device ?? '' }
    await changePassword({ ...principal, sessionId }, sam.password, 'a new long one', from)
    for (let n = 0; n < 130; n++) await tried({ password: `guess ${n}`, address: addressOf(n) })
    expect(await tried({ password: 'a new long one', device })).toBe('too_many_attempts')
    expect(await tried({ password: 'a new long one', device: mine.device ?? '' })).toBe('in')
  })
})
