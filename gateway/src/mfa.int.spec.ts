import type { Rest } from '@pf/contracts'
import { behaviour, runGateway } from './testing/running-gateway.ts'

let running: Awaited<ReturnType<typeof runGateway>>
beforeAll(async () => {
  running = await runGateway()
}, 30_000)
afterAll(() => running.stop())
beforeEach(() => Object.assign(behaviour, { asked: [] }))

const post = (path: string, body: object) =>
  fetch(`${running.apiUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'spec' },
    body: JSON.stringify(body),
  })

describe('a log-in in two steps', () => {
  it('names what the second one is done with, and sets its cookie only then', async () => {
    const first = await post('/auth/login', { username: 'sam', password: 'half of it' })
    expect([first.status, first.headers.get('set-cookie')]).toEqual([401, null])
    expect(first.headers.get('content-type')).toMatch(/^application\/problem\+json/)
    const problem = (await first.json()) as Rest.Problem
    expect(problem).toMatchObject({ status: 401, code: 'mfa_required', mfa_token: 'm-1' })

    const second = await post('/auth/login/mfa', { mfa_token: 'm-1', code: '492039' })
    expect(second.status).toBe(200)
    expect(Object.keys((await second.json()) as object)).toEqual(['access_token', 'expires_in'])
    expect(second.headers.get('set-cookie')).toMatch(/^refresh_token[^;]*=refresh-1;.*HttpOnly;.*SameSite=Strict/)
    const input = behaviour.asked.find(({ operation }) => operation === 'login_mfa')?.input
    expect(input).toEqual({ mfaToken: 'm-1', code: '492039', address: '127.0.0.1', userAgent: 'spec' })
  })

  it('passes a recovery code on, and a refusal back', async () => {
    expect((await post('/auth/login/mfa', { mfa_token: 'm-1', recovery_code: '7k2m-9xqt-4hzd-b0wn' })).status).toBe(200)
    expect(behaviour.asked[0]?.input).toMatchObject({ recoveryCode: '7k2m-9xqt-4hzd-b0wn' })
    const wrong = await post('/auth/login/mfa', { mfa_token: 'm-1', code: '000000' })
    expect([wrong.status, ((await wrong.json()) as Rest.Problem).code]).toEqual([401, 'mfa_refused'])
    expect((await post('/auth/login/mfa', { mfa_token: 'm-1', code: '12345' })).status).toBe(422)
  })
})
