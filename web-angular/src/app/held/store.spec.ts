import { TestBed } from '@angular/core/testing'
import { json, problem, serve, until } from '../../testing/server.ts'
import { account, held } from '../../testing/shapes.ts'
import { Session } from '../api/session.ts'
import { HeldStore } from './store.ts'

describe('rows that wait', () => {
  let server: ReturnType<typeof serve>

  const open = async (routes: Parameters<typeof serve>[0] = {}) => {
    server = serve({
      'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user'] }),
      'GET /events': () => new Response(null, { status: 503 }),
      'GET /accounts': () => json({ items: [account()] }),
      'GET /held': () => json({ items: [held()] }),
      ...routes,
    })
    TestBed.configureTestingModule({ providers: [HeldStore] })
    await TestBed.inject(Session).accept({ access_token: 't', expires_in: 900 })
    const store = TestBed.inject(HeldStore)
    await until(() => store.waiting.value() !== undefined && store.all.value() !== undefined)
    return store
  }

  afterEach(async () => {
    await TestBed.inject(Session).signOut()
    TestBed.tick()
    server.stop()
    localStorage.clear()
  })

  it('are asked for again from where the word was taken down', async () => {
    const store = await open({ 'POST /held/h1/decision': () => json(held(), 200, { 'log-position': '9' }) })
    await store.decide('h1', { verdict: 'accept', date: '2026-11-20' })
    const asked = server.calls.filter((call) => call.path === '/held' && call.headers.get('log-position') === '9')
    expect(asked.map((call) => call.query.get('decided')).sort()).toEqual(['false', 'true'])
    expect(server.calls.find((call) => call.method === 'POST')?.body).toEqual({ verdict: 'accept', date: '2026-11-20' })
  })

  it('say why a word was not taken', async () => {
    const store = await open({
      'POST /held/h1/decision': () => problem(409, 'held_decided', 'It was decided already.'),
    })
    await store.decide('h1', { verdict: 'dismiss' })
    expect(store.errorOf('h1')).toBe('It was decided already.')
    expect(store.busy('h1')).toBe(false)
  })

  it('show as decided only those with a word', async () => {
    const decision = { verdict: 'dismiss', transaction_id: null, decided_at: '2026-11-21T00:00:00Z' }
    const store = await open({
      'GET /held': () => json({ items: [held(), held({ id: 'h2', decision })] }),
    })
    expect(store.decided().map((item) => item.id)).toEqual(['h2'])
  })
})
