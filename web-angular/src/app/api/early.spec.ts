import { readFileSync } from 'node:fs'
import { TestBed } from '@angular/core/testing'
import { provideRouter } from '@angular/router'
import { json, problem, serve, until } from '../../testing/server.ts'
import { DashboardArrangement } from '../dashboard/arrangement.ts'
import { DashboardStore } from '../dashboard/store.ts'
import { Http } from './http.ts'
import { Session } from './session.ts'

const first = readFileSync(new URL('../../../public/first.js', import.meta.url), 'utf8')
/** As the browser does, before the app is there. */
const runFirst = () => new Function(first)()

describe('what is asked before the app is there', () => {
  let server: ReturnType<typeof serve>
  const list = () => json({ items: [], as_of: { built_at: null } })
  const start = (routes: Parameters<typeof serve>[0] = {}) => {
    server = serve({
      'POST /auth/refresh': () => json({ access_token: 'early', expires_in: 900 }),
      'GET /auth/me': () => json({ id: 'u1', username: 'sam' }),
      'GET /accounts': list,
      'GET /connections': list,
      'GET /held': list,
      'GET /transactions': list,
      'GET /preferences': list,
      'GET /analytics/cash-flow': list,
      'GET /analytics/spending': list,
      'GET /events': () => problem(503, 'unavailable'),
      ...routes,
    })
  }
  const asked = (path: string) => server.calls.filter((call) => call.path === path)

  beforeEach(() => {
    Object.defineProperty(navigator, 'locks', {
      configurable: true,
      value: { request: (_name: string, work: () => Promise<unknown>) => work() },
    })
    localStorage.setItem('pf.session', 'cookie')
    TestBed.configureTestingModule({
      providers: [provideRouter([{ path: '**', children: [] }]), DashboardStore, DashboardArrangement],
    })
  })
  afterEach(async () => {
    await TestBed.inject(Session).signOut()
    TestBed.tick()
    server.stop()
    Reflect.deleteProperty(navigator, 'locks')
    localStorage.clear()
  })

  it('is what the session and the dashboard begin with, each asked once', async () => {
    start()
    runFirst()
    await until(() => asked('/preferences').length === 1)
    await TestBed.inject(Session).start()
    expect(TestBed.inject(Session).user()).toEqual({ id: 'u1', username: 'sam' })
    const store = TestBed.inject(DashboardStore)
    TestBed.inject(DashboardArrangement)
    TestBed.tick()
    const loads = [store.accounts, store.connections, store.held, store.latest]
    await until(() => loads.every((load) => load.state().status === 'ready'))
    for (const path of [
      '/auth/refresh',
      '/auth/me',
      '/accounts',
      '/connections',
      '/held',
      '/transactions',
      '/preferences',
    ])
      expect([path, asked(path).length]).toEqual([path, 1])
    await store.accounts.refresh()
    expect(asked('/accounts')).toHaveLength(2)
  })

  it('is what the dashboard counted with as well, when it opens again', async () => {
    const figures = () => asked('/analytics/cash-flow').map(({ query }) => query.toString())
    start()
    await TestBed.inject(Session).accept({ access_token: 't', expires_in: 900 })
    const { days, months, spending } = TestBed.inject(DashboardStore)
    TestBed.tick()
    await until(() => [days, months, spending].every(({ state }) => state().status === 'ready'))
    const before = figures()
    expect(before).toHaveLength(3)
    server.stop()
    start()
    runFirst()
    await until(() => asked('/analytics/spending').length === 1)
    expect(figures()).toEqual(before)
    await months.refresh()
    expect(figures()).toEqual(before)
    await TestBed.inject(Session).signOut()
    expect(localStorage.getItem('pf.page.figures')).toBeNull()
  })

  it('asks nothing further where the cookie no longer counts', async () => {
    start({ 'POST /auth/refresh': () => problem(401, 'unauthenticated') })
    runFirst()
    await TestBed.inject(Session).start()
    expect(TestBed.inject(Session).signedIn()).toBe(false)
    expect(server.calls.map(({ path }) => path)).toEqual(['/auth/refresh'])
  })

  it('is asked again where nobody answered, and is nobody’s after signing out', async () => {
    let answers = 0
    start({
      'GET /accounts': () => {
        answers++
        if (answers === 1) throw new TypeError('cut off')
        return list()
      },
    })
    runFirst()
    await TestBed.inject(Session).start()
    await expect(TestBed.inject(Http).get('/accounts')).resolves.toMatchObject({ items: [] })
    await TestBed.inject(Session).signOut()
    await TestBed.inject(Session).accept({ access_token: 'another', expires_in: 900 })
    await TestBed.inject(Http).get('/connections')
    expect(asked('/connections').map(({ headers }) => headers.get('authorization'))).toContain('Bearer another')
  })
})
