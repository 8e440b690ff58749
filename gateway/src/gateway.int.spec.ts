import { request as httpRequest } from 'node:http'
import { type Rest, refuse, tokenIssuer } from '@pf/contracts'
import { eventually } from '@pf/eventing/testing'
import { contractFaults } from './testing/contract.ts'
import { behaviour, runGateway, sam } from './testing/running-gateway.ts'

let running: Awaited<ReturnType<typeof runGateway>>
let authorization: string
beforeAll(async () => {
  running = await runGateway()
  authorization = `Bearer ${await running.token()}`
}, 30_000)
afterAll(() => running.stop())
beforeEach(() => Object.assign(behaviour, { asked: [], behind: undefined, endedSessions: [], trouble: undefined }))

type Sent = { method?: string; headers?: Record<string, string>; body?: unknown; base?: string }

/** As Sam, with JSON, unless told otherwise. Whatever is answered has to be as the OpenAPI document says. */
async function send(path: string, { method = 'GET', headers = {}, body, base = running.apiUrl }: Sent = {}) {
  const answer = await fetch(`${base}${path}`, {
    method,
    redirect: 'manual',
    headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  if (answer.headers.get('content-type') === 'text/event-stream') return answer
  const { status, headers: said } = answer
  const text = await answer.clone().text()
  expect(contractFaults(method, path.replace(/^\/api/, ''), { status, headers: said, body: text })).toEqual([])
  return answer
}
const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  send(path, { method: 'POST', headers, body })

async function problem(answer: Response): Promise<Rest.Problem> {
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/)
  const document = (await answer.json()) as Rest.Problem
  expect(document.status).toBe(answer.status)
  return document
}
const refusal = async (answer: Response) => ({ status: answer.status, code: (await problem(answer)).code })
const asked = (operation: string) => behaviour.asked.filter((request) => request.operation === operation)
const credentials = { username: 'sam', password: 'correct horse' }
const institution = { institution_id: 'BANK' }

describe('a route', () => {
  it('hands the checked request and the caller to its service and answers with its first status', async () => {
    const answer = await post('/connections', { ...institution, friendly_name: 'Mine' })
    expect(answer.status).toBe(201)
    const [request] = asked('request')
    expect(request?.input).toMatchObject({ institutionId: 'BANK', friendlyName: 'Mine' })
    expect(request?.principal).toEqual(sam)
    expect(await answer.json()).toEqual({
      id: request?.input['connectionId'],
      status: 'pending',
      link: 'http://bank.test/',
      history_days: 730,
    })
    expect((await send('/connections/c-1', { method: 'DELETE' })).status).toBe(204)
    expect((await post('/connections/c-1/sync')).status).toBe(202)
  })

  it('says 202 and the position to wait for where the answer is ahead of the read models', async () => {
    behaviour.behind = 'p-7'
    const renamed = await send('/connections/c-1', { method: 'PATCH', body: { friendly_name: 'Mine' } })
    expect([renamed.status, renamed.headers.get('log-position')]).toEqual([202, 'p-7'])
    expect(await renamed.json()).toMatchObject({ friendly_name: 'Mine' })
    const removed = await send('/connections/c-1', { method: 'DELETE' })
    expect([removed.status, removed.headers.get('log-position')]).toEqual([202, 'p-7'])
    expect(await removed.json()).toEqual({ id: 'c-1', erased_account_ids: [], kept_account_ids: [] })
  })

  it('is answered with an entity tag, and with 304 where that is known already', async () => {
    for (const path of ['/connections', '/auth/me', '/health', '/openapi.json']) {
      const first = await send(path)
      const etag = first.headers.get('etag') ?? ''
      expect([path, first.status, etag]).toEqual([path, 200, expect.stringMatching(/^(W\/)?".+"$/)])
      const again = await send(path, { headers: { 'if-none-match': etag } })
      expect([path, again.status, await again.text()]).toEqual([path, 304, ''])
    }
  })

  it.each([
    ['malformed JSON', '{"username":', {}, 422, 'invalid_input'],
    ['a poisoned prototype', '{"__proto__":{"a":1}}', {}, 422, 'invalid_input'],
    ['a field that is not known', { ...credentials, admin: true }, {}, 422, 'invalid_input'],
    ['a list for a body', [credentials], {}, 422, 'invalid_input'],
    ['no body', undefined, {}, 422, 'invalid_input'],
    ['an announced body that is empty', '', {}, 422, 'invalid_input'],
    ['the character NUL', { ...credentials, username: 'sa\u0000m' }, {}, 422, 'invalid_input'],
    ['more than 1 MB', { ...credentials, username: 'x'.repeat(1_100_000) }, {}, 413, 'payload_too_large'],
    [
      'a form',
      'username=sam&password=correct+horse',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'unsupported_media_type',
    ],
    ['text', JSON.stringify(credentials), { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
    ['an overlong Idempotency-Key', credentials, { 'idempotency-key': 'k'.repeat(201) }, 422, 'invalid_input'],
  ])('refuses %s', async (_what, body, headers, status, code) => {
    expect(await refusal(await post('/auth/register', body, headers as Record<string, string>))).toEqual({
      status,
      code,
    })
    expect(behaviour.asked).toEqual([])
  })

  it('that takes no body refuses one, and takes an announced one that is empty', async () => {
    expect(await refusal(await post('/connections/c-1/sync', { full: true }))).toEqual({
      status: 422,
      code: 'invalid_input',
    })
    expect((await post('/connections/c-1/sync', '')).status).toBe(202)
    expect((await post('/connections/c-1/sync', {})).status).toBe(202)
  })

  it('points at what is wrong in the query', async () => {
    const answer = await send('/transactions?limit=0&q=%00')
    expect((await problem(answer)).errors?.map(({ pointer }) => pointer)).toEqual(['/query/limit'])
    expect((await problem(await send('/transactions?q=a%00'))).errors?.[0]?.pointer).toBe('/query/q')
    expect((await problem(await send('/connections/a%00'))).errors?.[0]?.pointer).toBe('/params/id')
  })

  it('is told apart from an address that is none, and from a method that it does not take', async () => {
    expect(await refusal(await send('/nothing'))).toEqual({ status: 404, code: 'not_found' })
    expect(await refusal(await send('/connections/%ff'))).toEqual({ status: 422, code: 'invalid_input' })
    expect(await refusal(await send(`/connections/${'c'.repeat(500)}`))).toMatchObject({ code: 'invalid_input' })
    const wrong = await send('/connections/c-1', { method: 'PUT', body: {} })
    expect(wrong.headers.get('allow')?.split(', ').toSorted()).toEqual(['DELETE', 'GET', 'HEAD', 'PATCH'])
    expect(await refusal(wrong)).toEqual({ status: 405, code: 'method_not_allowed' })
    expect((await send('/auth/login')).status).toBe(405)
  })

  it('does nothing for HEAD where GET acts, and nothing for OPTIONS', async () => {
    const head = await send('/connections', { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    behaviour.asked.length = 0
    expect((await send('/connections/callback?ref=r', { method: 'HEAD' })).status).toBe(405)
    expect((await send('/events', { method: 'HEAD' })).status).toBe(405)
    const options = await send('/auth/login', {
      method: 'OPTIONS',
      headers: { origin: 'https://elsewhere.test', 'access-control-request-method': 'POST' },
    })
    expect([options.status, options.headers.get('access-control-allow-origin')]).toEqual([405, null])
    expect(behaviour.asked).toEqual([])
  })

  it('passes on what a service refuses', async () => {
    expect(await refusal(await send('/connections/c-2'))).toEqual({ status: 404, code: 'connection_not_found' })
    const away = await send('/syncs')
    expect(away.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await refusal(away)).toEqual({ status: 503, code: 'unavailable' })
  })

  it('says nothing of the insides of what went wrong', async () => {
    behaviour.trouble = new Error('insert into vault.credentials values (hunter2)')
    const answer = await send('/connections')
    expect(answer.headers.get('cache-control')).toBe('private, no-cache')
    const document = await problem(answer)
    expect(document).toMatchObject({ status: 500, code: 'internal' })
    expect(JSON.stringify(document)).not.toMatch(/vault|hunter2| at /)
  })
})

describe('a client that goes away', () => {
  afterEach(() => {
    behaviour.slow = undefined
  })

  it('takes its question with it: the service is told to stop', async () => {
    const told = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    behaviour.slow = (signal) => {
      begun.resolve()
      signal.addEventListener('abort', () => told.resolve(), { once: true })
      return told.promise
    }
    const leave = new AbortController()
    const answer = fetch(`${running.apiUrl}/connections`, { headers: { authorization }, signal: leave.signal })
    await begun.promise
    leave.abort()
    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    await told.promise
  }, 10_000)
})

describe('an access token', () => {
  const me = (header: string) => send('/auth/me', { headers: { authorization: header } })

  it('opens what is its owner’s', async () => {
    const answer = await me(authorization)
    expect(await answer.json()).toEqual({ id: sam.userId, username: 'sam', roles: ['user'] })
  })

  it('is refused with anything around it, or in another shape', async () => {
    const bare = authorization.slice('Bearer '.length)
    const shapes = [
      '',
      'Bearer',
      bare,
      `Basic ${bare}`,
      `${authorization} x`,
      `${authorization},x`,
      `${authorization}.x`,
    ]
    for (const header of [...shapes, `${authorization}, ${authorization}`, 'Bearer made.up.token']) {
      const answer = await me(header)
      expect(answer.headers.get('www-authenticate')).toBe('Bearer')
      expect(await refusal(answer)).toEqual({ status: 401, code: 'unauthenticated' })
    }
  })

  it.each([
    ['has expired', { exp: Math.floor(Date.now() / 1000) - 60 }, {}],
    ['is for somebody else', { aud: 'another-api' }, {}],
    ['comes from somebody else', { iss: 'elsewhere' }, {}],
    ['names no session', { sid: undefined }, {}],
    ['is of another kind', {}, { typ: 'JWT' }],
    ['names a key that is not known', {}, { kid: 'k-2' }],
  ])('is refused where it %s', async (_why, claims, header) => {
    expect((await me(`Bearer ${await running.token(claims, header)}`)).status).toBe(401)
  })

  it('is refused without a signature', async () => {
    const [, payload] = authorization.slice('Bearer '.length).split('.')
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'at+jwt' })).toString('base64url')
    expect((await me(`Bearer ${none}.${payload}.`)).status).toBe(401)
  })

  it('is refused within a second after its session ended', async () => {
    expect((await me(authorization)).status).toBe(200)
    behaviour.endedSessions = [sam.sessionId]
    await eventually(async () => expect((await me(authorization)).status).toBe(401), 1_500)
    behaviour.endedSessions = []
    await eventually(async () => expect((await me(authorization)).status).toBe(200), 2_000)
  })
})

describe("another provider's token", () => {
  const me = async (over: Record<string, unknown> = {}) =>
    send('/auth/me', { headers: { authorization: `Bearer ${await running.foreignToken(over)}`, 'user-agent': 'spec' } })

  it('is of whom auth says, which is asked once, with where it came from', async () => {
    expect([(await me()).status, (await me()).status]).toEqual([200, 200])
    expect(asked('me')[0]?.principal).toEqual(sam)
    const said = { subject: 'theirs', sid: 'theirs-1', roles: ['user'], address: '127.0.0.1', userAgent: 'spec' }
    expect(asked('principal').map(({ input }) => input)).toEqual([expect.objectContaining(said)])
  })

  it.each([
    ['is of another audience', { aud: 'account' }],
    ['names no session', { sid: undefined }],
    ['says that it is of ours', { iss: tokenIssuer }],
    ['has expired', { exp: 1 }],
  ])('is refused where it %s, and nobody is asked', async (_why, over) => {
    expect((await me(over)).status).toBe(401)
    expect(asked('principal')).toEqual([])
  })

  it('is refused within a second after its session ended', async () => {
    behaviour.endedSessions = [sam.sessionId]
    await eventually(async () => expect((await me()).status).toBe(401), 1_500)
    behaviour.endedSessions = []
    await eventually(async () => expect((await me()).status).toBe(200), 2_000)
  })
})

describe('a log-out told by another provider', () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const tell = (body: string, path = '/auth/backchannel-logout') => post(path, body, form)

  it('comes as a form, the one that is taken', async () => {
    for (const body of ['logout_token=signed', 'more=1&logout_token=signed'])
      expect((await tell(body)).status).toBe(200)
    expect(asked('logged_out_elsewhere').map(({ input }) => input)).toEqual(Array(2).fill({ logoutToken: 'signed' }))
    expect(await refusal(await tell('username=sam&password=correct+horse', '/auth/login'))).toMatchObject({
      status: 415,
    })
  })

  it('is refused as its specification says', async () => {
    expect(await refusal(await tell('logout_token=forged'))).toEqual({ status: 400, code: 'logout_token_invalid' })
    for (const body of ['', 'logout_token=', 'logout_token=signed&logout_token=signed'])
      expect(await refusal(await tell(body))).toEqual({ status: 422, code: 'invalid_input' })
  })
})

describe('an Idempotency-Key', () => {
  let keys = 0
  const key = () => ({ 'idempotency-key': `key-${++keys}` })

  it.each([
    ['/connections', institution, 'request'],
    ['/connections/c-1/renew', undefined, 'renew'],
    ['/connections/c-1/sync', undefined, 'sync'],
    ['/demo/advance', { days: 1 }, 'advance'],
  ])('makes a repeated POST %s one command', async (path, body, operation) => {
    const same = key()
    const [first, again, fresh] = [await post(path, body, same), await post(path, body, same), await post(path, body)]
    expect([first.status, again.status]).toEqual([fresh.status, fresh.status])
    expect(await again.json()).toEqual(await first.json())
    const [one, two, three] = asked(operation).map(({ input }) => input)
    expect(one?.['commandId']).toMatch(/^[0-9a-f]{64}$/)
    expect(two).toEqual(one)
    expect(three?.['commandId']).not.toBe(one?.['commandId'])
  })

  it('counts for nothing at /auth, where nothing of a body is kept', async () => {
    const same = key()
    await post('/auth/register', credentials, same)
    const other = await post('/auth/register', { ...credentials, password: 'another one' }, same)
    expect(other.status).toBe(201)
    const [one, two] = asked('register').map(({ input }) => input['commandId'])
    expect(one).not.toBe(two)
  })

  it('belongs to one user and one address', async () => {
    const same = key()
    await post('/connections/c-1/renew', undefined, same)
    await post('/connections/c-2/renew', undefined, same)
    const kim = await running.token({ sub: sam.userId.replace('b001', 'b002') })
    await post('/connections/c-1/renew', undefined, { ...same, authorization: `Bearer ${kim}` })
    expect(new Set(asked('renew').map(({ input }) => input['commandId'])).size).toBe(3)
  })

  it('is refused with another body, and the first one stands', async () => {
    const same = key()
    await post('/demo/advance', { days: 1 }, same)
    const other = await post('/demo/advance', { days: 2 }, same)
    expect(await refusal(other)).toEqual({ status: 422, code: 'idempotency_key_reused' })
    expect(asked('advance')).toHaveLength(1)
  })

  it('is not used up by a body that was refused', async () => {
    const same = key()
    expect((await post('/demo/advance', { days: 0 }, same)).status).toBe(422)
    expect((await post('/demo/advance', { days: 1 }, same)).status).toBe(202)
  })

  it('does no harm to what may be repeated anyway', async () => {
    const same = { ...key(), cookie: 'refresh_token_0=r' }
    for (const path of ['/auth/refresh', '/auth/logout', '/connections/c-1/complete']) {
      expect((await post(path, undefined, same)).status).toBe(200)
      expect((await post(path, undefined, same)).status).toBe(200)
    }
    const logIns = [await post('/auth/login', credentials, same), await post('/auth/login', credentials, same)]
    expect(logIns.map(({ status }) => status)).toEqual([200, 200])
  })
})

describe('signing in', () => {
  const attributes = (answer: Response) => (answer.headers.getSetCookie()[0] ?? '').split('; ').toSorted()

  it('puts the refresh token into a cookie that no script reads, below the prefix reached', async () => {
    const answer = await post('/auth/login', credentials)
    expect(await answer.json()).toEqual({ access_token: expect.any(String), expires_in: 900 })
    expect(attributes(answer)).toEqual([
      'HttpOnly',
      'Max-Age=2592000',
      'Path=/auth',
      'SameSite=Strict',
      expect.stringMatching(/^refresh_token_0=refresh-\d+$/),
    ])
    const web = await send('/api/auth/login', { method: 'POST', body: credentials, base: running.webUrl })
    expect(attributes(web)).toContain('Path=/api/auth')
  })

  it('clears the cookie at log-out and where the session is over, and under the same path', async () => {
    const out = await post('/auth/logout', undefined, { cookie: 'refresh_token_0=r-1' })
    expect(attributes(out)).toEqual(expect.arrayContaining(['Path=/auth', 'refresh_token_0=']))
    const { sessionId, userId } = sam
    expect(asked('logout')[0]?.input).toMatchObject({ refreshToken: 'r-1', session: { sessionId, userId } })
    const over = await post('/auth/refresh', undefined, { cookie: 'refresh_token_0=old' })
    expect(attributes(over)).toEqual(expect.arrayContaining(['Path=/auth', 'refresh_token_0=']))
    expect(await refusal(over)).toEqual({ status: 401, code: 'refresh_reused' })
  })

  it('is needed for a refresh; log-out is fine without', async () => {
    expect(await refusal(await post('/auth/refresh'))).toEqual({ status: 401, code: 'refresh_missing' })
    expect((await post('/auth/logout', undefined, { authorization: '' })).status).toBe(200)
    expect(asked('logout')).toEqual([])
  })

  it('is kept by no cache, whatever the answer', async () => {
    const answers = [
      await post('/auth/register', credentials),
      await post('/auth/login', credentials),
      await post('/auth/login', { ...credentials, password: 'wrong' }),
      await post('/auth/login', '{'),
      await post('/auth/refresh', undefined, { cookie: 'refresh_token_0=r' }),
      await post('/auth/logout'),
      await send('/auth/me'),
      await send('/auth/me', { headers: { authorization: '' } }),
      await send('/auth/config'),
      await post('/connections', institution),
    ]
    expect(answers.map(({ headers }) => headers.get('cache-control'))).toEqual(answers.map(() => 'no-store'))
    expect((await send('/connections')).headers.get('cache-control')).toBe('private, no-cache')
  })
})

describe('the way to a bank and back', () => {
  it('binds the attempt to the browser by a cookie that comes back with the bank’s redirect', async () => {
    const asks = await send('/api/connections', { method: 'POST', body: institution, base: running.webUrl })
    const cookie = asks.headers.getSetCookie()[0] ?? ''
    expect(cookie.split('; ').slice(1).toSorted()).toEqual([
      'HttpOnly',
      'Max-Age=3600',
      'Path=/api/connections',
      'SameSite=Lax',
    ])
    expect(JSON.stringify(await asks.json())).not.toContain(cookie.split(';')[0]?.split('=')[1])
    const back = await send('/api/connections/callback?ref=r-1', {
      base: running.webUrl,
      headers: { cookie: cookie.split(';')[0] ?? '', authorization: '' },
    })
    expect([back.status, back.headers.get('location')]).toEqual([
      302,
      'http://localhost:3000/connections?outcome=linked&connection=c-1',
    ])
    expect(back.headers.get('cache-control')).toBe('no-store')
    expect(asked('complete')[0]?.input).toEqual({ reference: 'r-1', attempt: cookie.split(';')[0]?.split('=')[1] })
  })

  it('is also proved by the owner’s token, and a bad token proves nothing', async () => {
    await send('/connections/callback?ref=r-1')
    await send('/connections/callback?ref=r-1', { headers: { authorization: 'Bearer made.up.token' } })
    expect(asked('complete').map(({ input }) => input)).toEqual([
      { reference: 'r-1', userId: sam.userId },
      { reference: 'r-1' },
    ])
  })
})

describe('a return that carries a code', () => {
  const returnCookie = (answer: Response) =>
    answer.headers.getSetCookie().find((cookie) => cookie.startsWith('connection_return_0=')) ?? ''
  const comeBack = (query = 'code=secret-code&state=s-1') =>
    send(`/api/connections/callback?${query}`, { base: running.webUrl, headers: { authorization: '' } })
  const confirm = (cookie: string) =>
    send('/api/connections/c-1/complete', {
      method: 'POST',
      body: {},
      base: running.webUrl,
      headers: { cookie: cookie.split(';')[0] ?? '' },
    })
  afterEach(() => {
    behaviour.outcome = 'linked'
  })

  it('hands it on with its state, and tells it to nobody', async () => {
    const back = await comeBack()
    expect(asked('complete')[0]?.input).toEqual({ reference: 's-1', code: 'secret-code' })
    expect(back.headers.get('location')).not.toContain('secret-code')
    expect(returnCookie(back)).toMatch(/^connection_return_0=;/)
    expect(running.logged.join('')).not.toContain('secret-code')
  })

  it('stays with the browser that brought it while its owner signs in, and is used with their word', async () => {
    behaviour.outcome = 'sign_in'
    const cookie = returnCookie(await comeBack())
    expect(cookie.split('; ').slice(1).toSorted()).toEqual([
      'HttpOnly',
      'Max-Age=600',
      'Path=/api/connections',
      'SameSite=Lax',
    ])
    behaviour.outcome = 'linked'
    const confirmed = await confirm(cookie)
    expect(confirmed.status).toBe(200)
    const { userId } = sam
    expect(asked('complete')[1]?.input).toEqual({ id: 'c-1', userId, reference: 's-1', code: 'secret-code' })
    expect(returnCookie(confirmed)).toMatch(/^connection_return_0=;/)
  })

  it('is nothing where its cookie is none of ours', async () => {
    for (const made of ['x', 'bnVsbA', Buffer.from('{"reference":1,"code":2}').toString('base64url')]) {
      expect((await confirm(`connection_return_0=${made}`)).status).toBe(200)
    }
    expect(asked('complete').map(({ input }) => input)).toEqual(
      [1, 2, 3].map(() => ({ id: 'c-1', userId: sam.userId })),
    )
  })

  it('is told as one that may be repeated where nobody answers', async () => {
    behaviour.trouble = refuse('unavailable', 'Nobody answers at present.')
    const back = await comeBack()
    expect(back.status).toBe(302)
    expect(new URL(back.headers.get('location') ?? '').searchParams.get('outcome')).toBe('pending')
    expect(returnCookie(back)).toContain('Max-Age=600')
  })

  it('has its error by name', async () => {
    await comeBack('error=access_denied&error_description=x&state=s-1')
    expect(asked('complete')[0]?.input).toEqual({ reference: 's-1', error: 'access_denied' })
  })
})

describe('what was set aside', () => {
  const letter = {
    reaction: 'connection-revoke-obsolete',
    context: 'connection' as const,
    subject: 'evt.connection.connection.space.c-1',
    seq: 7,
    eventId: 'e-7',
    attempts: 20,
    reason: 'EventInvalid: no',
  }
  const operator = async () => ({ authorization: `Bearer ${await running.token({ roles: ['user', 'operator'] })}` })

  it('is for operators alone', async () => {
    expect(await refusal(await send('/operations'))).toEqual({ status: 403, code: 'operator_only' })
    expect(await refusal(await post('/quarantine/any/retry'))).toEqual({ status: 403, code: 'operator_only' })
  })

  it('is listed from all services, those that are silent by name', async () => {
    await running.deadLetters.set(letter)
    const answer = await send('/operations', { headers: await operator() })
    const body = (await answer.json()) as Rest.Operations
    expect(body).toMatchObject({ projections: [], unavailable: ['analytics'] })
    expect(body.quarantine).toEqual([
      {
        id: expect.any(String),
        service: 'connection',
        kind: 'reaction',
        name: letter.reaction,
        reason: letter.reason,
        since: expect.any(String),
        messages: 1,
        asked: false,
      },
    ])
  })

  it('is repeated by the service that has it; none has an unknown one, as far as is known', async () => {
    await running.deadLetters.set(letter)
    const [{ id } = { id: '' }] = await running.deadLetters.list()
    const answer = await send(`/quarantine/${id}/retry`, { method: 'POST', headers: await operator() })
    expect([answer.status, await answer.json()]).toEqual([200, { id, outcome: 'asked' }])
    expect((await running.deadLetters.list())[0]?.isAsked).toBe(true)
    // The one that is silent may have it.
    const unknown = await send('/quarantine/unknown/retry', { method: 'POST', headers: await operator() })
    expect(await refusal(unknown)).toEqual({ status: 503, code: 'unavailable' })
  })
})

describe('the keys of a provider', () => {
  const keys = { secret_id: 'id-1', secret_key: 'secret-1' }
  const put = (body: object, headers = {}) => send('/providers/gocardless/keys', { method: 'PUT', body, headers })

  it('go to the vault on the operator’s word alone, and into no log', async () => {
    expect(await refusal(await put(keys))).toEqual({ status: 403, code: 'operator_only' })
    const operator = { authorization: `Bearer ${await running.token({ roles: ['user', 'operator'] })}` }
    const answer = await put(keys, operator)
    expect(await answer.json()).toEqual({ id: 'gocardless', kind: 'gocardless', configured: true, demo: false })
    expect(asked('put_provider_keys')[1]?.input).toEqual({ id: 'gocardless', keys })
    // Told to the trail once they were put, and never what they are.
    expect(asked('note_provider_keys')).toHaveLength(1)
    expect(JSON.stringify(asked('note_provider_keys'))).not.toContain(keys.secret_key)
    expect(running.logged.join('')).not.toContain('secret-1')
    expect(await refusal(await put({ password: 'x' }, operator))).toMatchObject({ status: 422 })
  })

  it('are checked, with what was found in words', async () => {
    const answer = await send('/providers/gocardless/check', { method: 'POST' })
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { ok: false, findings: [{ ok: false, what: 'keys', detail: 'They are refused.' }] },
    ])
  })
})

describe('both listeners', () => {
  function statusFor(base: string, host: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(base)
      const asking = httpRequest({ hostname, port, path: '/health', headers: { host } }, (response) => {
        response.resume()
        resolve(response.statusCode ?? 0)
      })
      asking.once('error', reject).end()
    })
  }

  it('answer for their own names only', async () => {
    for (const base of [running.apiUrl, running.webUrl]) {
      for (const host of ['localhost', 'LOCALHOST:1', '127.0.0.1:3000', '[::1]:3000']) {
        expect([host, await statusFor(base, host)]).not.toEqual([host, 421])
      }
      for (const host of ['evil.test', 'localhost.evil.test', 'localhost.', '127.0.0.1@evil.test']) {
        expect([host, await statusFor(base, host)]).toEqual([host, 421])
      }
    }
  })

  it('log method, route, status and time, and nothing that was said', async () => {
    running.logged.length = 0
    await send('/transactions?q=hunter2', { headers: { cookie: 'refresh_token_0=hunter2' } })
    await post('/auth/login', { username: 'hunter2', password: 'hunter2' })
    await send('/connections/hunter2?token=hunter2')
    await send('/hunter2?token=hunter2')
    behaviour.trouble = new Error('trouble')
    await send('/connections?token=hunter2')
    const text = await eventually(() => {
      const lines = running.logged.join('')
      for (const route of ['/auth/login', '/connections/:id', '/transactions']) expect(lines).toContain(route)
      return lines
    })
    expect(text).not.toContain('hunter2')
    expect(text).not.toContain(authorization.slice(0, 30))
  })

  it('send live notices to the token’s owner until the gateway stops', async () => {
    const other = await runGateway()
    const stream = await fetch(`${other.apiUrl}/events`, {
      headers: { authorization: `Bearer ${await other.token()}` },
    })
    expect(stream.headers.get('content-type')).toBe('text/event-stream')
    const text = stream.text()
    await other.stop()
    expect(await text).toContain(': open')
  })
})

describe('an installation on https', () => {
  it('sends its cookies over https only, and answers for its own name', async () => {
    const own = await runGateway('https://money.example.com')
    try {
      const answer = await fetch(`${own.apiUrl}/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(credentials),
      })
      expect(answer.headers.getSetCookie()[0]).toContain('; Secure')
    } finally {
      await own.stop()
    }
  })
})
