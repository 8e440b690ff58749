import { TestBed } from '@angular/core/testing'
import { json, serve, until } from '../../testing/server.ts'
import { Live } from './live.ts'
import { Reach } from './reach.ts'
import { Session } from './session.ts'

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const network = (on: boolean) => {
  Object.defineProperty(navigator, 'onLine', { value: on, configurable: true })
  dispatchEvent(new Event(on ? 'online' : 'offline'))
}
const stream = () => new Response(new ReadableStream(), { headers: { 'content-type': 'text/event-stream' } })

describe('what is on the screen', () => {
  let server: ReturnType<typeof serve>

  afterEach(async () => {
    network(true)
    await TestBed.inject(Session).signOut()
    TestBed.tick()
    server.stop()
    localStorage.clear()
  })

  it('is as of the moment when the network went, and fine again when it is back', async () => {
    server = serve({
      'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user'] }),
      'GET /events': stream,
    })
    await TestBed.inject(Session).accept({ access_token: 't', expires_in: 900 })
    const reach = TestBed.inject(Reach)
    await until(() => {
      TestBed.tick()
      return TestBed.inject(Live).state() === 'live'
    })
    TestBed.tick()
    expect([reach.state(), reach.asOf()]).toEqual(['fine', undefined])
    network(false)
    TestBed.tick()
    expect(reach.state()).toBe('offline')
    expect(reach.asOf()?.getTime()).toBeLessThanOrEqual(Date.now())
    network(true)
    TestBed.tick()
    expect(reach.state()).toBe('fine')
  })

  it('is nothing yet where the app opened without an answer; it asks again, and all listeners then read', async () => {
    localStorage.setItem('pf.session', '1')
    let up = false
    server = serve({
      'POST /auth/refresh': () =>
        up ? json({ access_token: 't', expires_in: 900 }) : new Response('', { status: 503 }),
      'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user'] }),
      'GET /events': stream,
    })
    await TestBed.inject(Session).start()
    const reach = TestBed.inject(Reach)
    let heard = 0
    TestBed.inject(Live).on(['marts'], () => heard++)
    TestBed.tick()
    expect([reach.state(), reach.asOf()]).toEqual(['silent', undefined])
    up = true
    await wait(1000)
    await until(() => {
      TestBed.tick()
      return reach.state() === 'fine'
    })
    expect(heard).toBeGreaterThan(0)
    expect(TestBed.inject(Session).signedIn()).toBe(true)
  })
})
