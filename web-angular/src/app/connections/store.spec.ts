import { TestBed } from '@angular/core/testing'
import { provideRouter, Router } from '@angular/router'
import { json, problem, serve, until } from '../../testing/server.ts'
import { account, connection, sync } from '../../testing/shapes.ts'
import { Leave } from '../api/leave.ts'
import { Session } from '../api/session.ts'
import { Done } from '../ui/done.ts'
import { ConnectionsStore } from './store.ts'

describe('the connections', () => {
  let server: ReturnType<typeof serve>
  let status: 'pending' | 'active'
  const left: string[] = []

  const open = async (routes: Parameters<typeof serve>[0] = {}) => {
    server = serve({
      'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user'] }),
      'GET /events': () => new Response(null, { status: 503 }),
      'GET /connections': () => json({ items: [connection({ status })] }),
      'GET /accounts': () => json({ items: [account()] }),
      'GET /syncs': () => json({ items: [sync()] }),
      ...routes,
    })
    TestBed.configureTestingModule({
      providers: [
        provideRouter([{ path: '**', children: [] }]),
        ConnectionsStore,
        { provide: Leave, useValue: { to: (link: string) => left.push(link) } },
      ],
    })
    await TestBed.inject(Session).accept({ access_token: 't', expires_in: 900 })
    const store = TestBed.inject(ConnectionsStore)
    await until(() => store.items().length > 0 && store.syncs.value() !== undefined)
    return store
  }

  beforeEach(() => {
    status = 'active'
    left.length = 0
  })

  afterEach(async () => {
    await TestBed.inject(Session).signOut()
    TestBed.tick()
    server.stop()
    localStorage.clear()
  })

  it('show a sync that is under way', async () => {
    const store = await open()
    expect(store.runningOf('c1').map((one) => one.account_id)).toEqual(['a1'])
    expect(store.runningOf('other')).toEqual([])
  })

  it('are read again from where the command was', async () => {
    const store = await open({
      'POST /connections/c1/sync': () => json({ run_id: 'r', syncs: [] }, 202, { 'log-position': '77' }),
    })
    await store.sync('c1')
    await until(() => server.calls.some((call) => call.path === '/syncs' && call.headers.get('log-position') === '77'))
    expect(store.doing('c1')).toEqual({ status: 'idle' })
  })

  it('say until when a bank in trouble is left alone', async () => {
    const store = await open({
      'POST /connections/c1/sync': () => problem(429, 'bank_rests', 'It rests', { 'retry-after': '60' }),
    })
    await store.sync('c1')
    expect(store.doing('c1')).toMatchObject({ status: 'failed', text: expect.stringContaining('left alone until') })
  })

  it('say when the calls come back once they are used up', async () => {
    const store = await open({
      'POST /connections/c1/sync': () => problem(429, 'quota_exhausted', 'Used up', { 'retry-after': '60' }),
    })
    await store.sync('c1')
    expect(store.doing('c1')).toMatchObject({
      status: 'failed',
      text: expect.stringContaining('All calls to the bank are used for today'),
    })
  })

  it("lead to the bank's own page to renew", async () => {
    const store = await open({
      'POST /connections/c1/renew': () => json({ id: 'c1', status: 'active', link: 'https://bank.example/consent' }),
    })
    await store.renew('c1')
    expect(left).toEqual(['https://bank.example/consent'])
  })

  it('are linked by the owner when another device came back from the bank', async () => {
    status = 'pending'
    const store = await open({
      'POST /connections/c1/complete': () => {
        status = 'active'
        return json(connection(), 200, { 'log-position': '9' })
      },
    })
    store.returned({ id: 'c1', outcome: 'sign_in' })
    expect(store.outcome()?.linked).toBe(false)
    await until(() => store.outcome()?.linked === true)
    expect(store.outcome()?.text).toContain('Wrenfield Bank is connected')
  })

  it('are read from where the return from the bank left them', async () => {
    const store = await open()
    store.returned({ id: 'c1', outcome: 'linked', position: '33' })
    await until(() =>
      server.calls.some((call) => call.path === '/connections' && call.headers.get('log-position') === '33'),
    )
    expect(store.outcome()).toMatchObject({ kind: 'ok', linked: true })
  })

  it('just linked lead back to where the person was, with word of it; other returns stay', async () => {
    const store = await open()
    sessionStorage.setItem('pf.whence', '/accounts')
    store.returned({ id: 'c1', outcome: 'cancelled' })
    store.returned({ id: 'c1', outcome: 'linked' })
    expect(TestBed.inject(Done).deed()).toBeUndefined()
    sessionStorage.setItem('pf.whence', '/accounts?x=1')
    store.returned({ id: 'c1', outcome: 'linked' })
    await until(() => TestBed.inject(Done).deed() !== undefined)
    expect(TestBed.inject(Done).deed()?.text).toContain('Wrenfield Bank is connected')
    expect(TestBed.inject(Router).url).toBe('/accounts?x=1')
    sessionStorage.setItem('pf.whence', '//elsewhere.example/')
    store.returned({ id: 'c1', outcome: 'linked' })
    await until(() => TestBed.inject(Router).url === '/')
  })

  it.each([
    ['keep', null],
    ['erase', 'true'],
  ] as const)('are removed, and their history: %s', async (history, erase) => {
    const store = await open({ 'DELETE /connections/c1': () => new Response(null, { status: 204 }) })
    await store.remove('c1', history)
    const removal = server.calls.find((call) => call.method === 'DELETE')
    expect(removal?.path).toBe('/connections/c1')
    expect(removal?.query.get('erase')).toBe(erase)
  })

  it('take a new name, and give the one before back at one press', async () => {
    const names: unknown[] = []
    const store = await open({
      'PATCH /connections/c1': ({ body }) => {
        names.push((body as { friendly_name: string }).friendly_name)
        return json(connection())
      },
    })
    await store.rename('c1', 'Everyday')
    expect(TestBed.inject(Done).deed()?.text).toBe('Wrenfield Bank is called Everyday now.')
    await TestBed.inject(Done).takeBack()
    expect(names).toEqual(['Everyday', 'Wrenfield Bank'])
    expect(TestBed.inject(Done).deed()?.text).toBe('Taken back.')
  })

  it('just linked say what the first badge means, once a balance is proven', async () => {
    const proof = { status: 'verified' as const, verified_to: '2026-11-19' }
    const store = await open({ 'GET /accounts': () => json({ items: [account({ proof })] }) })
    expect(store.proven()).toBeUndefined()
    store.returned({ id: 'c1', outcome: 'linked' })
    await until(() => store.proven() !== undefined)
    expect(store.proven()).toEqual({ id: 'a1', name: 'Current ··4471', day: '2026-11-19' })
  })
})
