import { Component } from '@angular/core'
import { TestBed } from '@angular/core/testing'
import { provideRouter, Router } from '@angular/router'
import { json, problem, serve, until } from '../../../testing/server.ts'
import { account, connection, row } from '../../../testing/shapes.ts'
import { Session } from '../../api/session.ts'
import { Appearance } from '../../ui/appearance.ts'
import { Done } from '../../ui/done.ts'
import { Palette } from './palette.ts'

@Component({ template: '' })
class Page {}

describe('the palette', () => {
  let server: ReturnType<typeof serve>

  const open = async () => {
    // jsdom knows the element and not its methods.
    HTMLDialogElement.prototype.showModal = function () {
      this.open = true
    }
    HTMLDialogElement.prototype.close = function () {
      this.open = false
    }
    TestBed.configureTestingModule({ providers: [provideRouter([{ path: '**', component: Page }])] })
    await TestBed.inject(Session).accept({ access_token: 't', expires_in: 900 })
    const fixture = TestBed.createComponent(Palette)
    document.body.append(fixture.nativeElement)
    const element: HTMLElement = fixture.nativeElement
    const box = element.querySelector('input') as HTMLInputElement
    const options = () => [...element.querySelectorAll('[role=option]')].map((one) => one.textContent?.trim() ?? '')
    const shows = (check: () => boolean) =>
      until(() => {
        fixture.detectChanges()
        return check()
      })
    const type = (text: string) => {
      box.value = text
      box.dispatchEvent(new Event('input'))
      fixture.detectChanges()
    }
    const press = (key: string) => {
      box.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
      fixture.detectChanges()
    }
    const dialog = element.querySelector('dialog') as HTMLDialogElement
    await shows(() => dialog.open)
    return { box, dialog, options, press, shows, type }
  }
  const routes = {
    'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user'] }),
    'GET /accounts': () => json({ items: [account()] }),
    'GET /connections': () => json({ items: [connection(), connection({ id: 'c2', status: 'expired' })] }),
    'GET /transactions': () => json({ items: [row({ counterparty: 'Tesco' })], as_of: {} }),
  }

  beforeEach(() => {
    server = serve(routes)
  })
  afterEach(() => {
    server.stop()
    localStorage.clear()
  })

  it('begins with the pages and what can be done', async () => {
    const { options } = await open()
    expect(options()).toContain('Net worth')
    expect(options()).toContain('Sync all banks now')
  })

  it('goes where the arrows and Enter say, and tells a screen reader which option that is', async () => {
    const { box, dialog, options, press, type } = await open()
    type('cas')
    expect(options()[0]).toBe('Cash flow')
    press('ArrowDown')
    expect(document.getElementById(box.getAttribute('aria-activedescendant') ?? '')?.textContent).toContain(
      options()[1],
    )
    press('ArrowUp')
    press('Enter')
    await until(() => TestBed.inject(Router).url === '/cash-flow')
    expect(dialog.open).toBe(false)
  })

  it('finds accounts, categories and rows', async () => {
    const { options, shows, type } = await open()
    await shows(() => server.calls.some(({ path }) => path === '/accounts'))
    type('curr')
    await shows(() => options().some((text) => text.startsWith('Current')))
    type('groc')
    expect(options()[0]).toBe('Groceries')
    type('tesc')
    await shows(() => options().some((text) => text.startsWith('Tesco')))
    expect(server.calls.find(({ path }) => path === '/transactions')?.query.get('q')).toBe('tesc')
  })

  it('says what became of a sync, of those banks alone that can be read', async () => {
    server.stop()
    server = serve({ ...routes, 'POST /connections/c1/sync': () => problem(409, 'sync_in_progress') })
    const { press, shows, type } = await open()
    await shows(() => server.calls.some(({ path }) => path === '/connections'))
    await new Promise((resolve) => setTimeout(resolve, 20))
    type('sync all')
    press('Enter')
    await until(() => TestBed.inject(Done).deed() !== undefined)
    expect(TestBed.inject(Done).deed()).toEqual({
      kind: 'failed',
      text: 'Wrenfield Bank: We are reading from this bank already.',
    })
  })

  it('hides amounts, and does not show those of rows then', async () => {
    const { options, press, shows, type } = await open()
    type('hide amounts')
    press('Enter')
    expect(TestBed.inject(Appearance).private()).toBe(true)
    type('tesco')
    await shows(() => options().some((text) => text.startsWith('Tesco')))
    expect(options().join()).not.toContain('£')
    TestBed.inject(Appearance).togglePrivacy()
  })
})
