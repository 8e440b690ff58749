import { TestBed } from '@angular/core/testing'
import { json, serve, until } from '../../testing/server.ts'
import { account, sync } from '../../testing/shapes.ts'
import { Session } from '../api/session.ts'
import type { Sync } from '../api/types.ts'
import { Arrivals } from './arrivals.ts'

describe('rows on their way in', () => {
  let server: ReturnType<typeof serve>
  let syncs: Sync[]
  let say: (text: string) => void

  const open = async () => {
    server = serve({
      'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user'] }),
      'GET /events': () => {
        const encoder = new TextEncoder()
        const body = new ReadableStream<Uint8Array>({
          start: (controller) => {
            say = (text) => controller.enqueue(encoder.encode(text))
          },
        })
        return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
      },
      'GET /accounts': () => json({ items: [account()] }),
      'GET /syncs': () => json({ items: syncs }),
    })
    await TestBed.inject(Session).accept({ access_token: 't', expires_in: 900 })
    const fixture = TestBed.createComponent(Arrivals)
    document.body.append(fixture.nativeElement)
    const element: HTMLElement = fixture.nativeElement
    const shows = (check: () => boolean) =>
      until(() => {
        fixture.detectChanges()
        return check()
      })
    return { element, shows, panel: () => element.querySelector('section') }
  }
  const news = () => say('id: 1\nevent: notice\ndata: {"topic":"syncs","log_position":"4"}\n\n')

  afterEach(async () => {
    await TestBed.inject(Session).signOut()
    TestBed.tick()
    server.stop()
    localStorage.clear()
  })

  it('are shown by account while a sync runs, and said to be there when it ends', async () => {
    syncs = [sync()]
    const { element, shows, panel } = await open()
    await shows(() => panel()?.textContent?.includes('Current') === true)
    expect(element.querySelector('[role=status]')?.textContent).toBe('0 of 1 accounts read')
    syncs = [sync({ status: 'completed' })]
    news()
    await shows(() => panel() === null)
    expect(element.querySelector('[role=status]')?.textContent).toBe('All accounts are read')
  })

  it('can be put away, until the next run', async () => {
    syncs = [sync()]
    const { element, shows, panel } = await open()
    await shows(() => panel() !== null)
    element.querySelector('button')?.click()
    await shows(() => panel() === null)
    syncs = [sync({ id: 's2', run_id: 'r2' })]
    news()
    await shows(() => panel() !== null)
  })

  it('step aside for the control beneath that has the focus', async () => {
    syncs = [sync()]
    const { shows, panel } = await open()
    await shows(() => panel() !== null)
    const at = (top: number) => () => new DOMRect(0, top, 100, 20)
    const [beneath, elsewhere] = [0, 300].map((top) => {
      const button = document.createElement('button')
      button.getBoundingClientRect = at(top)
      document.body.append(button)
      return button
    })
    const shown = panel()
    if (shown) shown.getBoundingClientRect = at(10)
    beneath?.focus()
    await shows(() => shown?.classList.contains('aside') === true)
    elsewhere?.focus()
    await shows(() => shown?.classList.contains('aside') === false)
    beneath?.remove()
    elsewhere?.remove()
  })
})
