import { createHash, randomBytes } from 'node:crypto'
import { type ApiScope, apiTokenBytes, apiTokenOf, type Rest, refuse } from '@pf/contracts'
import { eventually } from '@pf/eventing/testing'
import { WebSocket } from 'ws'
import { behaviour, runGateway, sam } from './testing/running-gateway.ts'

let running: Awaited<ReturnType<typeof runGateway>>
beforeAll(async () => {
  running = await runGateway()
}, 30_000)
afterAll(() => running.stop())
beforeEach(() => Object.assign(behaviour, { asked: [], endedSessions: [], trouble: undefined, apiTokens: new Map() }))

/** A token of Sam's that auth knows. */
function issued(
  scopes: ApiScope[],
  over: { expiresAt?: string; roles?: string[] } = {},
): { token: string; id: string } {
  const token = apiTokenOf(randomBytes(apiTokenBytes))
  const id = `t-${behaviour.apiTokens.size + 1}-${randomBytes(4).toString('hex')}`
  const principal = { ...sam, sessionId: id, roles: over.roles ?? ['user'], scopes }
  const hash = createHash('sha256').update(token).digest('hex')
  behaviour.apiTokens.set(hash, { principal, expiresAt: over.expiresAt ?? null })
  return { token, id }
}

async function send(token: string, path: string, method = 'GET', body?: object) {
  const answer = await fetch(`${running.apiUrl}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const said = answer.headers.get('content-type')?.includes('json') ? await answer.json() : undefined
  return {
    status: answer.status,
    code: (said as Rest.Problem | undefined)?.code,
    detail: (said as Rest.Problem)?.detail,
  }
}
const lookups = () => behaviour.asked.filter(({ operation }) => operation === 'api_token_holder')

describe('a personal API token at the gateway', () => {
  it('is issued, listed and revoked in a session', async () => {
    const session = await running.token()
    const wanted = { name: 'Backup', scopes: ['read'], expires_at: '2030-01-01T00:00:00Z' }
    expect((await send(session, '/auth/tokens', 'POST', wanted)).status).toBe(201)
    expect((await send(session, '/auth/tokens')).status).toBe(200)
    expect((await send(session, '/auth/tokens/t-1', 'DELETE')).status).toBe(204)
    const told = behaviour.asked.map(({ operation, input, principal }) => [operation, input, principal])
    expect(told).toEqual([
      ['issue_api_token', { name: 'Backup', scopes: ['read'], expiresAt: '2030-01-01T00:00:00Z' }, sam],
      ['api_tokens', {}, sam],
      ['revoke_api_token', { id: 't-1' }, sam],
    ])
    for (const scopes of [[], ['everything']]) {
      expect((await send(session, '/auth/tokens', 'POST', { name: 'Backup', scopes })).code).toBe('invalid_input')
    }
  })

  it('speaks for its owner as far as its scopes go', async () => {
    const { token, id } = issued(['read'])
    expect((await send(token, '/connections')).status).toBe(200)
    const principal = { ...sam, sessionId: id, scopes: ['read'] }
    expect(behaviour.asked.find(({ operation }) => operation === 'list')?.principal).toEqual(principal)
    expect((await send(token, '/auth/me')).status).toBe(200)
    expect(await send(token, '/connections/c-1', 'PATCH', { friendly_name: 'Mine' })).toEqual({
      status: 403,
      code: 'scope_missing',
      detail: 'This needs an API token with the scope write; this one has read. Issue another.',
    })
    expect(behaviour.asked.some(({ operation }) => operation === 'rename')).toBe(false)
    const writes = issued(['write'])
    expect((await send(writes.token, '/connections/c-1', 'PATCH', { friendly_name: 'Mine' })).status).toBe(200)
    expect((await send(writes.token, '/connections')).code).toBe('scope_missing')
  })

  it('never touches how its owner signs in, and is no session that could be ended', async () => {
    const { token } = issued(['read', 'write', 'admin'], { roles: ['user', 'operator'] })
    for (const [method, path, body] of [
      ['GET', '/auth/tokens', undefined],
      ['POST', '/auth/tokens', { name: 'More', scopes: ['read'] }],
      ['DELETE', '/auth/tokens/t-1', undefined],
      ['DELETE', '/auth/me', { password: 'correct horse' }],
    ] as const) {
      expect(await send(token, path, method, body)).toMatchObject({ status: 403, code: 'scope_missing' })
    }
    expect((await send(token, '/auth/logout', 'POST')).status).toBe(200)
    expect(behaviour.asked.filter(({ operation }) => operation !== 'api_token_holder')).toEqual([])
  })

  it("opens what is an operator's with the scope admin alone", async () => {
    const keys = { secret_id: 'x', secret_key: 'y' }
    const admin = issued(['admin'], { roles: ['user', 'operator'] })
    expect((await send(admin.token, '/providers/sandbox/keys', 'PUT', keys)).status).toBe(200)
    const writer = issued(['read', 'write'])
    expect((await send(writer.token, '/providers/sandbox/keys', 'PUT', keys)).code).toBe('scope_missing')
    const users = issued(['admin'])
    expect((await send(users.token, '/providers/sandbox/keys', 'PUT', keys)).code).toBe('operator_only')
  })

  it('is looked up by its hash, once a minute', async () => {
    const { token } = issued(['read'])
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(token, '/connections')))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
    expect(lookups()).toHaveLength(1)
    expect(JSON.stringify(behaviour.asked)).not.toContain(token)
    expect(running.logged.join()).not.toContain(token)
  })

  it('that is made up is refused without a question, and a wrong one with one', async () => {
    const { token } = issued(['read'])
    for (const bent of [`${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`, 'pf_', 'pf_x', `${token}0`]) {
      expect(await send(bent, '/connections')).toMatchObject({ status: 401, code: 'unauthenticated' })
    }
    expect(lookups()).toEqual([])
    const nobodys = apiTokenOf(randomBytes(apiTokenBytes))
    for (let n = 0; n < 3; n++) expect((await send(nobodys, '/connections')).status).toBe(401)
    expect(lookups()).toHaveLength(1)
  })

  it('is refused within a second once it was revoked, and at its end', async () => {
    const { token, id } = issued(['read'])
    expect((await send(token, '/connections')).status).toBe(200)
    behaviour.endedSessions = [id]
    await eventually(async () => expect((await send(token, '/connections')).status).toBe(401))
    const ended = issued(['read'], { expiresAt: new Date(Date.now() - 1).toISOString() })
    expect((await send(ended.token, '/connections')).code).toBe('unauthenticated')
  })

  it('ends the live page and the socket that were opened with it, within a second after it was revoked', async () => {
    const { token, id } = issued(['read'])
    const page = await fetch(`${running.apiUrl}/events`, { headers: { authorization: `Bearer ${token}` } })
    expect(page.status).toBe(200)
    const socket = new WebSocket(`${running.apiUrl.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', {
      origin: running.apiUrl,
    })
    const acknowledged = Promise.withResolvers<void>()
    const closed = Promise.withResolvers<number>()
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { token } })))
    socket.on('message', (text) => String(text).includes('connection_ack') && acknowledged.resolve())
    socket.on('close', (code) => closed.resolve(code))
    await acknowledged.promise
    behaviour.endedSessions = [id]
    // The poll of ended sessions (700 ms) and each watch (250 ms) together are below a second, and there is work to do.
    const late = AbortSignal.timeout(1_500)
    const inTime = <T>(end: Promise<T>) =>
      Promise.race([end, new Promise((resolve) => late.addEventListener('abort', () => resolve('late')))])
    const [code, text] = await Promise.all([inTime(closed.promise), inTime(page.text())])
    expect(code).toBe(4403)
    expect(text).toContain('retry: 1000')
    expect((await send(token, '/connections')).status).toBe(401)
  })

  it('known before outlives auth being away; another one is told to come again', async () => {
    const [known, other] = [issued(['read']), issued(['read'])]
    expect((await send(known.token, '/auth/me')).status).toBe(200)
    behaviour.trouble = refuse('unavailable', 'Away.')
    expect(await send(other.token, '/connections')).toMatchObject({ status: 503 })
    behaviour.trouble = undefined
    expect((await send(other.token, '/connections')).status).toBe(200)
    behaviour.asked.length = 0
    expect((await send(known.token, '/connections')).status).toBe(200)
    expect(lookups()).toEqual([])
  })
})
