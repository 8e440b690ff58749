import type { TokenIssuer } from '@pf/contracts'
import type { Bus } from '@pf/service-kit'
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { TokenIssuers } from './token-issuers.ts'

const ours = { issuer: 'ours', audience: 'api', algorithms: ['ES256'], type: 'at+jwt' }
const theirs = { issuer: 'https://id.test/realms/pf', audience: 'api', algorithms: ['RS256'], asked: true as const }

async function keyPair(kid: string, alg = 'ES256') {
  const { privateKey, publicKey } = await generateKeyPair(alg)
  return { kid, alg, privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg } }
}
type Key = { kid: string; alg: string; privateKey: CryptoKey }

/** The gateway's keys beside an auth whose answers are set by hand, on a clock that is. */
async function running(issuers: TokenIssuer[]) {
  const auth = { issuers, away: false, asked: 0 }
  let seconds = 1_800_000_000
  const call = async () => {
    auth.asked++
    if (auth.away) throw new Error('auth is away')
    return { issuers: auth.issuers }
  }
  const known = new TokenIssuers({ call: call as Bus['call'] }, () => seconds * 1000)
  const sign = ({ kid, alg, privateKey }: Key, claims: object = {}, header: object = {}) =>
    new SignJWT({
      iss: 'ours',
      aud: 'api',
      sub: 'u-1',
      sid: 'x-1',
      space: 's-1',
      roles: [],
      exp: seconds + 900,
      ...claims,
    })
      .setProtectedHeader({ alg, kid, typ: 'at+jwt', ...header })
      .sign(privateKey)
  return {
    auth,
    known,
    sign,
    sub: async (token: string) => (await known.verify(token))?.claims.sub,
    pass: (by: number) => {
      seconds += by
    },
  }
}

describe('access tokens', () => {
  it('are checked by the keys of the issuer they name, each by its own rules', async () => {
    const [mine, rsa] = [await keyPair('k-1'), await keyPair('k-1', 'RS256')]
    const { sub, sign } = await running([
      { ...ours, keys: [mine.jwk] },
      { ...theirs, keys: [rsa.jwk] },
    ])
    expect(await sub(await sign(mine))).toBe('u-1')
    expect(await sub(await sign(rsa, { iss: theirs.issuer }, { typ: 'JWT' }))).toBe('u-1')
    expect(await sub(await sign(mine, { iss: theirs.issuer }))).toBeUndefined()
    expect(await sub(await sign(rsa))).toBeUndefined()
    expect(await sub(await sign(mine, {}, { typ: 'JWT' }))).toBeUndefined()
    for (const bent of [{ iss: 'nobody' }, { iss: undefined }, { aud: 'another' }, { sub: undefined }]) {
      expect(await sub(await sign(mine, bent))).toBeUndefined()
    }
    expect(await sub('not.a.token')).toBeUndefined()
  })

  it('say whose they are, and in which session; of another issuer at least whom it means', async () => {
    const [mine, rsa] = [await keyPair('k-1'), await keyPair('k-1', 'RS256')]
    const { known, sub, sign } = await running([
      { ...ours, keys: [mine.jwk] },
      { ...theirs, keys: [rsa.jwk] },
    ])
    for (const claim of ['sid', 'space', 'roles'])
      expect(await sub(await sign(mine, { [claim]: undefined }))).toBeUndefined()
    expect(await known.verify(await sign(mine))).toMatchObject({ asked: false })
    const bare = { iss: theirs.issuer, space: undefined, roles: undefined }
    expect(await known.verify(await sign(rsa, bare))).toMatchObject({ asked: true, claims: { sid: 'x-1' } })
    expect(await sub(await sign(rsa, { ...bare, sid: undefined }))).toBeUndefined()
  })

  it('hold 30 seconds past their end by our clock, and no longer', async () => {
    const key = await keyPair('k-1')
    const { sub, sign, pass } = await running([{ ...ours, keys: [key.jwk] }])
    const token = await sign(key)
    pass(929)
    expect(await sub(token)).toBe('u-1')
    pass(1)
    expect(await sub(token)).toBeUndefined()
  })

  it('of a new key are good as soon as it may be asked for, and those of an old one while auth is away', async () => {
    const [first, second] = [await keyPair('k-1'), await keyPair('k-2')]
    const { auth, sub, sign, pass } = await running([{ ...ours, keys: [first.jwk] }])
    expect(await sub(await sign(first))).toBe('u-1')
    auth.issuers = [{ ...ours, keys: [second.jwk, first.jwk] }]
    expect(await sub(await sign(second))).toBeUndefined()
    pass(11)
    const tokens = await Promise.all(Array.from({ length: 5 }, () => sign(second)))
    expect(await Promise.all(tokens.map(sub))).toEqual(Array(5).fill('u-1'))
    expect(auth.asked).toBe(2)
    auth.away = true
    pass(86_400)
    expect(await sub(await sign(first))).toBe('u-1')
    await expect(sub(await sign(await keyPair('k-3')))).rejects.toThrow('auth is away')
    expect(await sub(await sign(second))).toBe('u-1')
  })

  it('cannot be judged while nothing was heard at all, and are as soon as auth knows the keys', async () => {
    const key = await keyPair('k-1', 'RS256')
    const { auth, sub, sign } = await running([{ ...theirs, keys: [key.jwk] }])
    const token = await sign(key, { iss: theirs.issuer }, { typ: 'JWT' })
    auth.away = true
    for (let n = 0; n < 2; n++) await expect(sub(token)).rejects.toThrow('auth is away')
    auth.away = false
    expect(await sub(token)).toBe('u-1')
  })

  it('of a key that was taken back are refused within 5 minutes, unless auth is away', async () => {
    const [first, second] = [await keyPair('k-1'), await keyPair('k-2')]
    const { auth, known, sub, sign, pass } = await running([{ ...ours, keys: [first.jwk] }])
    expect(await sub(await sign(first))).toBe('u-1')
    auth.issuers = [{ ...ours, keys: [second.jwk] }]
    await known.keepFresh()
    expect(await sub(await sign(first))).toBe('u-1')
    pass(301)
    auth.away = true
    await expect(known.keepFresh()).rejects.toThrow('auth is away')
    expect(await sub(await sign(first))).toBe('u-1')
    pass(301)
    auth.away = false
    await known.keepFresh()
    expect(await sub(await sign(first))).toBeUndefined()
  })
})
