import { randomBytes, randomUUID } from 'node:crypto'
import type { TokenIssuer } from '@pf/contracts'
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose'
import type { From } from '../application/client.ts'
import type { Granted, IdentityProvider, Person } from '../application/identity-provider.ts'
import type { Accounts, Credentials } from '../application/ports.ts'

export type ProviderWorld = {
  provider: IdentityProvider
  accounts: Accounts
  /** The provider's caller sees this much time go by. */
  pass(seconds: number): void
}

const from = { address: '127.0.0.1', userAgent: 'spec' }

/** What every identity provider keeps to. `open` is asked once: a real one takes seconds to start. */
export function describeIdentityProvider(name: string, open: () => Promise<ProviderWorld>): void {
  describe(`identities by ${name}`, () => {
    let world: ProviderWorld
    let provider: IdentityProvider
    beforeAll(async () => {
      world = await open()
      provider = world.provider
    }, 120_000)

    /** Somebody known to the provider and to us, as a registration makes them. */
    async function person(over: { username?: string; password?: string } = {}): Promise<Credentials & Entry> {
      const { username = `sam-${randomBytes(6).toString('hex')}`, password = 'correct horse battery' } = over
      const userId = randomUUID()
      const enrolled = await provider.register({ userId, username, password })
      const ours = { userId, spaceId: randomUUID(), username, passwordVersion: 1 }
      const account: Credentials = { ...enrolled, ...ours, roles: ['user'] }
      await world.accounts.add(account, new Date())
      return { ...account, password, ...from }
    }
    const enter = (entry: Entry): Promise<Granted> => provider.login(entry)

    it('lets in who knows name and password, in a session of their own each time', async () => {
      const sam = await person()
      const [one, two] = [await enter(sam), await enter(sam)]
      for (const granted of [one, two]) {
        expect(granted).toMatchObject({ issuer: sam.issuer, subject: sam.subject })
        // Keycloak counts from one whole second to another, between which a second may end.
        expect([899, 900]).toContain(granted.tokens.expires_in)
        expect(granted.endsInSeconds).toBe(granted.tokens.refresh_expires_in)
        expect(granted.newcomer).toBeUndefined()
      }
      expect(one.sessionId).not.toBe(two.sessionId)
    })

    it('issues access tokens that its keys prove, of 15 minutes, with a session', async () => {
      const sam = await person()
      const { tokens } = await enter(sam)
      const [issuer] = (await provider.keys()) as [TokenIssuer]
      const { payload } = await jwtVerify(
        tokens.access_token,
        createLocalJWKSet({ keys: issuer.keys } as JSONWebKeySet),
        { issuer: issuer.issuer, audience: issuer.audience, algorithms: issuer.algorithms, typ: issuer.type },
      )
      expect(payload.sub).toBe(sam.subject)
      expect(Number(payload.exp) - Number(payload.iat)).toBe(900)
      expect(payload['sid']).toEqual(expect.any(String))
      expect(JSON.stringify(issuer.keys)).not.toMatch(/"d":/)
    })

    it('says the same of an unknown name and of a wrong password', async () => {
      const sam = await person()
      const said = async (entry: Entry) =>
        enter(entry).then(
          () => 'let in',
          ({ code, detail }) => ({ code, detail }),
        )
      const wrong = await said({ ...sam, password: 'wrong horse' })
      expect(wrong).toMatchObject({ code: 'bad_credentials' })
      expect(await said({ ...sam, username: 'nobody-of-this-name' })).toEqual(wrong)
    })

    it('renews a session by its refresh token, which changes each time', async () => {
      const first = await enter(await person())
      const second = await renewed(provider, first)
      const third = await renewed(provider, second)
      expect(new Set([first, second, third].map(({ tokens }) => tokens.refresh_token)).size).toBe(3)
      expect([second.sessionId, third.sessionId]).toEqual([first.sessionId, first.sessionId])
      expect(decodeJwt(third.tokens.access_token)['sid']).toBe(decodeJwt(first.tokens.access_token)['sid'])
    })

    it('takes the last token again for ten seconds, where its answer was lost, and the session goes on', async () => {
      const first = await enter(await person())
      const lost = await renewed(provider, first)
      const again = await renewed(provider, first)
      await expect(provider.refresh(lost.tokens.refresh_token)).rejects.toMatchObject({ code: 'refresh_invalid' })
      await renewed(provider, again)
    })

    it('knows an old copy by its successor having been used, or by coming late', async () => {
      for (const late of [false, true]) {
        const sam = await person()
        const first = await enter(sam)
        const second = await renewed(provider, first)
        if (late) world.pass(11)
        else await renewed(provider, second)
        const session = { sessionId: first.sessionId, userId: sam.userId }
        expect(await provider.refresh(first.tokens.refresh_token)).toEqual({ reused: session })
      }
    })

    it('lets two tabs refresh at once: one of both tokens goes on', async () => {
      const first = await enter(await person())
      const both = await Promise.all([1, 2].map(() => provider.refresh(first.tokens.refresh_token)))
      const tried = await Promise.allSettled(
        both.map((one) =>
          'granted' in one ? provider.refresh(one.granted.tokens.refresh_token) : Promise.reject(one),
        ),
      )
      expect(tried.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    })

    it('ends one session for good, and knows whose a token was', async () => {
      const sam = await person()
      const [one, other] = [await enter(sam), await enter(sam)]
      const session = { sessionId: one.sessionId, userId: sam.userId }
      expect(await provider.sessionOf(one.tokens.refresh_token)).toEqual(session)
      expect(await provider.sessionOf('nobody has this one')).toBeUndefined()
      await provider.endSession(session, 'logout')
      await provider.endSession(session, 'logout')
      await expect(provider.refresh(one.tokens.refresh_token)).rejects.toMatchObject({ code: 'refresh_invalid' })
      await renewed(provider, other)
    })

    it('ends all of them but one', async () => {
      const sam = await person()
      const [mine, other] = [await enter(sam), await enter(sam)]
      await provider.endSessions(sam, 'revoked', mine.sessionId)
      await expect(provider.refresh(other.tokens.refresh_token)).rejects.toMatchObject({ code: 'refresh_invalid' })
      await renewed(provider, mine)
    })

    it('changes a password, of which sessions are not concerned', async () => {
      const sam = await person()
      const before = await enter(sam)
      expect(await provider.checkPassword(sam, sam.password)).toBe(true)
      await provider.changePassword(sam, 'a new one of four words')
      expect(await provider.checkPassword(sam, sam.password)).toBe(false)
      await renewed(provider, before)
      await enter({ ...sam, password: 'a new one of four words' })
    })

    it('forgets a person: nobody signs in as them, and their sessions are over', async () => {
      const sam = await person()
      const granted = await enter(sam)
      await forget(world, sam)
      await forget(world, sam)
      await expect(provider.refresh(granted.tokens.refresh_token)).rejects.toMatchObject({ code: 'refresh_invalid' })
      await expect(enter(sam)).rejects.toMatchObject({ code: 'bad_credentials' })
    })
  })
}

type Entry = { username: string; password: string } & From

async function renewed(provider: IdentityProvider, { tokens }: Granted): Promise<Granted> {
  const refreshed = await provider.refresh(tokens.refresh_token)
  if ('granted' in refreshed) return refreshed.granted
  throw new Error('The session was ended: an old copy was presented.')
}

/** As an erasure does: at the provider, then here. */
async function forget({ provider, accounts }: ProviderWorld, person: Person & { spaceId: string }): Promise<void> {
  await provider.remove(person)
  await accounts.remove(person.spaceId)
}
