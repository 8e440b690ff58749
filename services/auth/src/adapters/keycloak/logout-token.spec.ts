import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { LogoutTokens } from './logout-token.ts'

const event = 'http://schemas.openid.net/event/backchannel-logout'
const issuer = 'https://id.example.org/realms/personal-finances'
const { privateKey, publicKey } = await generateKeyPair('RS256')
const { privateKey: foreignKey } = await generateKeyPair('RS256')
const keys = [{ ...(await exportJWK(publicKey)), kid: 'k-1', alg: 'RS256', use: 'sig' }]

describe('a logout token', () => {
  let nowMs = Date.parse('2026-11-20T08:00:00Z')
  const clock = { now: () => new Date(nowMs) }
  const open = () => new LogoutTokens({ issuer, clients: ['web', 'gateway'] }, clock)
  const made = (over: Record<string, unknown> = {}, header: Record<string, string> = {}, key = privateKey) => {
    const iat = Math.floor(nowMs / 1000)
    const said = {
      iss: issuer,
      aud: 'web',
      iat,
      exp: iat + 120,
      jti: 'j-1',
      sid: 's-1',
      sub: 'u-1',
      events: { [event]: {} },
    }
    const claims = Object.fromEntries(Object.entries({ ...said, ...over }).filter(([, value]) => value !== undefined))
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k-1', typ: 'logout+jwt', ...header }).sign(key)
  }

  it('tells which session of whom has ended', async () => {
    expect(await open().read(await made(), keys)).toEqual({ subject: 'u-1', sid: 's-1' })
    expect(await open().read(await made({ sid: undefined, aud: ['gateway'] }), keys)).toEqual({
      subject: 'u-1',
      sid: undefined,
    })
  })

  it.each<[string, () => Promise<string>]>([
    ['of another issuer', () => made({ iss: 'https://elsewhere.example' })],
    ['for a client that is not ours', () => made({ aud: 'account' })],
    ['signed by another key', () => made({}, {}, foreignKey)],
    ['of another type', () => made({}, { typ: 'JWT' })],
    ['without a time', () => made({ iat: undefined })],
    ['made too long ago', () => made({ iat: Math.floor(nowMs / 1000) - 600, exp: undefined })],
    ['of a time to come', () => made({ iat: Math.floor(nowMs / 1000) + 600 })],
    ['that has expired', () => made({ exp: Math.floor(nowMs / 1000) - 60 })],
    ['without an id', () => made({ jti: undefined })],
    ['with a nonce', () => made({ nonce: 'n' })],
    ['that is about nothing', () => made({ events: undefined })],
    ['that is about something else', () => made({ events: { 'https://elsewhere.example/event': {} } })],
    ['that names nobody', () => made({ sid: undefined, sub: undefined })],
    ['that is none', async () => 'not.a.token'],
  ])('%s is refused', async (_what, make) => {
    await expect(open().read(await make(), keys)).rejects.toMatchObject({ code: 'logout_token_invalid' })
  })

  it('without a signature is refused', async () => {
    const [, payload] = (await made()).split('.')
    const header = Buffer.from(JSON.stringify({ alg: 'none', typ: 'logout+jwt' })).toString('base64url')
    await expect(open().read(`${header}.${payload}.`, keys)).rejects.toMatchObject({ code: 'logout_token_invalid' })
  })

  it('counts once, for as long as it could be believed', async () => {
    const tokens = open()
    const token = await made()
    await tokens.read(token, keys)
    await expect(tokens.read(token, keys)).rejects.toMatchObject({ detail: expect.stringContaining('used before') })
    nowMs += 149_000
    await expect(tokens.read(token, keys)).rejects.toMatchObject({ code: 'logout_token_invalid' })
    expect(await tokens.read(await made({ jti: 'j-2' }), keys)).toMatchObject({ sid: 's-1' })
  })
})
