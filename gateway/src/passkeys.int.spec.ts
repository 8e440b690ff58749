import type { Rest } from '@pf/contracts'
import { examples } from '@pf/contracts/examples'
import { behaviour, runGateway } from './testing/running-gateway.ts'

let running: Awaited<ReturnType<typeof runGateway>>
beforeAll(async () => {
  running = await runGateway()
}, 30_000)
afterAll(() => running.stop())
beforeEach(() => Object.assign(behaviour, { asked: [] }))

const post = (path: string, body?: object) =>
  fetch(`${running.apiUrl}${path}`, {
    method: 'POST',
    headers: { 'user-agent': 'spec', ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
const { credential } = examples.loginPasskey.body as { credential: Rest.PasskeyAssertion }

describe('a log-in by passkey', () => {
  it('is begun by anybody, and asks for no name', async () => {
    const answer = await post('/auth/login/passkey/options')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(Object.keys((await answer.json()) as object)).toEqual(['rpId', 'challenge', 'timeout', 'userVerification'])
    expect(behaviour.asked[0]?.input).toEqual({ address: '127.0.0.1', userAgent: 'spec' })
  })

  it('passes on what the browser made, with what it has to say beside it, and sets the cookie', async () => {
    const response = { ...credential.response, userAgentSaysMore: true }
    const answer = await post('/auth/login/passkey', { credential: { ...credential, response } })
    expect(answer.status).toBe(200)
    expect(Object.keys((await answer.json()) as object)).toEqual(['access_token', 'expires_in'])
    expect(answer.headers.get('set-cookie')).toMatch(/^refresh_token[^;]*=refresh-\d+;.*HttpOnly;.*SameSite=Strict/)
    expect(behaviour.asked[0]?.input).toMatchObject({ credential, address: '127.0.0.1', userAgent: 'spec' })
  })

  it('is refused without a cookie, and not heard where it is none', async () => {
    const refused = await post('/auth/login/passkey', { credential: { ...credential, id: 'unknown' } })
    expect([refused.status, refused.headers.get('set-cookie')]).toEqual([401, null])
    expect(((await refused.json()) as Rest.Problem).code).toBe('passkey_refused')
    for (const body of [{}, { credential: { ...credential, id: 'no base64url' } }, { credential, more: 1 }]) {
      expect((await post('/auth/login/passkey', body)).status).toBe(422)
    }
  })

  it('is a second step as well', async () => {
    expect((await post('/auth/login/mfa', { mfa_token: 'm-1', passkey: credential })).status).toBe(200)
    expect(behaviour.asked[0]?.input).toMatchObject({ mfaToken: 'm-1', passkey: credential })
  })
})
