import { Component, inject } from '@angular/core'
import { TestBed } from '@angular/core/testing'
import { json, problem, serve, until } from '../../testing/server.ts'
import { Session } from '../api/session.ts'
import { Done } from '../ui/done.ts'
import { DashboardArrangement } from './arrangement.ts'
import { Arrange } from './parts/arrange.ts'

@Component({
  imports: [Arrange],
  providers: [DashboardArrangement],
  template:
    '<pf-arrange [arrangement]="cards.value()" (move)="cards.move($event.id, $event.place)" (toggle)="cards.toggle($event)" (reset)="cards.reset()" />',
})
class Host {
  readonly cards = inject(DashboardArrangement)
}

describe('the cards of the dashboard', () => {
  let server: ReturnType<typeof serve>
  let kept: unknown
  let refuses = false

  const open = async () => {
    server = serve({
      'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user'] }),
      'GET /preferences': () =>
        json({ items: kept === undefined ? [] : [{ key: 'dashboard.cards', value: kept, revision: 'r' }] }),
      'PUT /preferences/dashboard.cards': ({ body }) => {
        if (refuses) return problem(503, 'unavailable')
        kept = (body as { value: unknown }).value
        return json({ key: 'k', value: kept, revision: 'r2' })
      },
    })
    await TestBed.inject(Session).accept({ access_token: 't', expires_in: 900 })
    const fixture = TestBed.createComponent(Host)
    document.body.append(fixture.nativeElement)
    const element: HTMLElement = fixture.nativeElement
    const shows = (check: () => boolean) =>
      until(() => {
        fixture.detectChanges()
        return check()
      })
    const names = () => [...element.querySelectorAll('li')].map((one) => one.textContent?.trim() ?? '')
    const button = (name: string) => element.querySelector<HTMLButtonElement>(`button[aria-label="${name}"]`)
    const box = (name: string) =>
      [...element.querySelectorAll('label')].find((one) => one.textContent?.includes(name))?.querySelector('input')
    await shows(() => names().length === 6)
    return { box, button, names, shows }
  }

  beforeEach(() => {
    kept = undefined
    refuses = false
  })
  afterEach(() => {
    server.stop()
    localStorage.clear()
    TestBed.inject(Done).putAway()
  })

  it('move from the keyboard, the focus going with them, and are remembered by the server', async () => {
    const { button, names, shows } = await open()
    const up = button('Move Needs you up')
    up?.focus()
    up?.click()
    await shows(() => names()[0] === 'Needs you')
    // It is first now: up leads nowhere, down takes the focus.
    await shows(() => document.activeElement === button('Move Needs you down'))
    await until(() => (kept as { order: string[] } | undefined)?.order[0] === 'needs')
  })

  it('hide, say so, and come back by one press', async () => {
    const { box, shows } = await open()
    box('Latest')?.click()
    await shows(() => TestBed.inject(Done).deed()?.text === 'Latest is hidden.')
    await until(() => (kept as { hidden: string[] } | undefined)?.hidden.join() === 'latest')
    await TestBed.inject(Done).takeBack()
    await until(() => (kept as { hidden: string[] }).hidden.length === 0)
  })

  it('stand as before where the server refuses, which is said', async () => {
    refuses = true
    const { button, names, shows } = await open()
    button('Move Needs you up')?.click()
    await shows(() => TestBed.inject(Done).deed()?.kind === 'failed')
    await shows(() => names()[0] === 'In and out')
  })

  it('are forgotten on this device when somebody signs out', async () => {
    const { shows } = await open()
    await shows(() => localStorage.getItem('pf.page.dashboard') !== null)
    await TestBed.inject(Session).signOut()
    expect(localStorage.getItem('pf.page.dashboard')).toBeNull()
  })

  it('stand at once as this device knew them, before the server answers', async () => {
    localStorage.setItem('pf.page.dashboard', JSON.stringify({ order: ['latest'], hidden: [] }))
    kept = { order: ['flow'], hidden: [] }
    const { names, shows } = await open()
    expect(['Latest', 'Cash flow']).toContain(names()[0])
    await shows(() => names()[0] === 'Cash flow')
  })
})
