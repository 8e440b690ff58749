import { TestBed } from '@angular/core/testing'
import { json, problem, serve } from '../../testing/server.ts'
import { Http, toSearch } from './http.ts'
import { Problem, retryAfter } from './problem.ts'
import { Session } from './session.ts'

let server: ReturnType<typeof serve>
const start = (routes: Parameters<typeof serve>[0]) => {
  server = serve({ 'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user'] }), ...routes })
  return TestBed.inject(Http)
}
const signIn = () => TestBed.inject(Session).accept({ access_token: 'first', expires_in: 900 })

afterEach(() => {
  localStorage.clear()
  server.stop()
})

describe('a call', () => {
  it('carries the token, and a key of its own where it changes something', async () => {
    const http = start({
      'GET /accounts': () => json({ items: [] }),
      'POST /connections/c/sync': () => json({}, 202, { 'log-position': '9' }),
    })
    await signIn()
    await http.get('/accounts', {}, { logPosition: '8' })
    const answer = await http.post('/connections/c/sync')
    const [, get, post] = server.calls
    expect(get?.headers.get('authorization')).toBe('Bearer first')
    expect(get?.headers.get('log-position')).toBe('8')
    expect(get?.headers.has('idempotency-key')).toBe(false)
    expect(post?.headers.get('idempotency-key')).toMatch(/^[0-9a-f-]{36}$/)
    expect(answer).toMatchObject({ status: 202, logPosition: '9' })
  })

  it('is repeated once, with the same key, after a refused token was renewed', async () => {
    const http = start({
      'POST /auth/refresh': () => json({ access_token: 'second', expires_in: 900 }),
      'POST /connections': ({ headers }) =>
        headers.get('authorization') === 'Bearer second' ? json({ id: 'c' }, 201) : problem(401, 'unauthenticated'),
    })
    await signIn()
    await http.post('/connections', { institution_id: 'X' })
    const posts = server.calls.filter((call) => call.path === '/connections')
    expect(posts.map((call) => call.headers.get('authorization'))).toEqual(['Bearer first', 'Bearer second'])
    expect(posts[0]?.headers.get('idempotency-key')).toBe(posts[1]?.headers.get('idempotency-key'))
  })

  it('is said once where the password in it is wrong: twice would be two guesses', async () => {
    const http = start({ 'POST /auth/password': () => problem(401, 'bad_credentials') })
    await signIn()
    await expect(
      http.post('/auth/password', { current: 'correct horse', new: 'battery staple' }),
    ).rejects.toMatchObject({ code: 'bad_credentials' })
    const asked = server.calls.map(({ path }) => path)
    expect(asked.filter((path) => path === '/auth/password')).toHaveLength(1)
    expect(asked).not.toContain('/auth/refresh')
  })

  it('fails as the problem that the server names', async () => {
    const http = start({ 'GET /accounts': () => problem(429, 'too_many_attempts', 'Wait', { 'retry-after': '7' }) })
    await signIn()
    await expect(http.get('/accounts')).rejects.toMatchObject({
      code: 'too_many_attempts',
      status: 429,
      retryAfterSeconds: 7,
    })
  })

  it("fails as bad_answer on a proxy's page and as offline without an answer", async () => {
    const http = start({
      'GET /accounts': () =>
        new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'content-type': 'text/html' } }),
      'GET /syncs': () => Promise.reject(new TypeError('failed to fetch')),
    })
    await signIn()
    await expect(http.get('/accounts')).rejects.toMatchObject({ code: 'bad_answer', status: 502 })
    await expect(http.get('/syncs')).rejects.toBeInstanceOf(Problem)
    await expect(http.get('/syncs')).rejects.toMatchObject({ code: 'offline' })
  })
})

describe('a session', () => {
  it('asks nothing on a first visit', async () => {
    start({})
    await TestBed.inject(Session).start()
    expect(server.calls).toEqual([])
  })

  it('comes back by its cookie after a reload', async () => {
    localStorage.setItem('pf.session', '1')
    start({ 'POST /auth/refresh': () => json({ access_token: 'again', expires_in: 900 }) })
    const session = TestBed.inject(Session)
    await session.start()
    expect(session.user()).toEqual({ id: 'u1', username: 'sam', roles: ['user'] })
  })

  it('ends, and says so, when its cookie is refused', async () => {
    const http = start({
      'GET /accounts': () => problem(401, 'unauthenticated'),
      'POST /auth/refresh': () => problem(401, 'refresh_reused'),
    })
    await signIn()
    const session = TestBed.inject(Session)
    await expect(http.get('/accounts')).rejects.toMatchObject({ status: 401 })
    expect(session.signedIn()).toBe(false)
    expect(session.ended()).toBe(true)
  })

  it('stands when the server cannot be asked', async () => {
    start({ 'POST /auth/refresh': () => problem(503, 'unavailable') })
    await signIn()
    const session = TestBed.inject(Session)
    await expect(session.refresh()).rejects.toMatchObject({ code: 'offline' })
    expect(session.signedIn()).toBe(true)
  })

  it('refreshes once for all who ask at the same time', async () => {
    start({ 'POST /auth/refresh': () => json({ access_token: 'second', expires_in: 900 }) })
    await signIn()
    const session = TestBed.inject(Session)
    expect(await Promise.all([session.refresh(), session.refresh(), session.refresh()])).toEqual([
      'second',
      'second',
      'second',
    ])
    expect(server.calls.filter((call) => call.path === '/auth/refresh')).toHaveLength(1)
  })

  it('keeps its token out of every storage', async () => {
    start({})
    await signIn()
    expect(JSON.stringify({ ...localStorage, ...sessionStorage })).not.toContain('first')
  })
})

it('a query leaves out what is not set', () => {
  expect(toSearch({ a: 1, b: undefined, c: '', d: 'x y' })).toBe('?a=1&c=&d=x+y')
  expect(toSearch({ a: undefined })).toBe('')
})

it('Retry-After is seconds or a date', () => {
  const now = Date.parse('2026-11-20T10:00:00Z')
  expect(retryAfter('30', now)).toBe(30)
  expect(retryAfter('Fri, 20 Nov 2026 10:01:00 GMT', now)).toBe(60)
  expect(retryAfter('soon', now)).toBeUndefined()
  expect(retryAfter(null, now)).toBeUndefined()
})
