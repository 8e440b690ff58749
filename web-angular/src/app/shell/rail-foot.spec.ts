import { TestBed } from '@angular/core/testing'
import { provideRouter } from '@angular/router'
import { json, serve, until } from '../../testing/server.ts'
import { account, connection } from '../../testing/shapes.ts'
import { Session } from '../api/session.ts'
import { whenText } from '../ui/days.ts'
import { RailFoot } from './rail-foot.ts'

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString()

describe("the rail's foot", () => {
  let server: ReturnType<typeof serve>

  const open = async (connections: ReturnType<typeof connection>[], accounts: ReturnType<typeof account>[]) => {
    server = serve({
      'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user'] }),
      'GET /events': () => json({}, 503),
      'GET /connections': () => json({ items: connections }),
      'GET /accounts': () => json({ items: accounts }),
    })
    TestBed.configureTestingModule({ providers: [provideRouter([])] })
    await TestBed.inject(Session).accept({ access_token: 't', expires_in: 900 })
    const fixture = TestBed.createComponent(RailFoot)
    const text = () => {
      fixture.detectChanges()
      return (fixture.nativeElement as HTMLElement).textContent ?? ''
    }
    await until(() => ['/connections', '/accounts'].every((path) => server.calls.some((call) => call.path === path)))
    await fixture.whenStable()
    return text
  }

  afterEach(async () => {
    await TestBed.inject(Session).signOut()
    TestBed.tick()
    server.stop()
    localStorage.clear()
  })

  it('says the next sync of all banks, and the proof of the weakest account', async () => {
    const soon = inHours(50)
    const text = await open(
      [connection({ next_sync_at: inHours(75) }), connection({ id: 'c2', next_sync_at: soon })],
      [account({ proof: { status: 'verified', verified_to: '2026-11-19' } }), account({ id: 'a2' })],
    )
    await until(() => text().includes(`Next sync ${whenText(soon)}`))
    expect(text()).toContain('Not yet verified')
  })

  it('promises no sync of a bank that has ended, nor proof of nothing', async () => {
    const text = await open([connection({ status: 'expired', next_sync_at: inHours(5) })], [])
    expect(text().trim()).toBe('')
  })
})
