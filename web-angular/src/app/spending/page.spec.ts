import { TestBed } from '@angular/core/testing'
import { provideRouter, Router } from '@angular/router'
import { RouterTestingHarness } from '@angular/router/testing'
import { json, serve, until } from '../../testing/server.ts'
import { account, row } from '../../testing/shapes.ts'
import { Session } from '../api/session.ts'
import { SpendingPage } from './page.ts'

const gbp = (amount: string) => ({ amount, currency: 'GBP' })
const as_of = { log_position: '1', built_at: '2026-11-20T07:12:00Z' }
const figure = (some: object) => ({ currency: 'GBP', count: 2, ...some })

describe('the spending page', () => {
  let server: ReturnType<typeof serve>

  beforeAll(() => {
    globalThis.ResizeObserver ??= class {
      observe() {}
      disconnect() {}
      unobserve() {}
    }
  })
  beforeEach(() => {
    TestBed.configureTestingModule({ providers: [provideRouter([{ path: 'spending', component: SpendingPage }])] })
    server = serve({
      'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user'] }),
      'GET /events': () => new Response(new ReadableStream({}), { headers: { 'content-type': 'text/event-stream' } }),
      'GET /accounts': () => json({ items: [account({ last_date: '2999-11-20' })] }),
      'GET /transactions': () =>
        json({ items: [row()], totals: { count: 2, by_currency: [] }, next_cursor: undefined, as_of }),
      'GET /analytics/spending': ({ query }) =>
        json({
          items:
            query.get('group_by') === 'category,merchant'
              ? [figure({ category: 'groceries', merchant: 'Tesco', amount: gbp('48.17') })]
              : [
                  figure({ period: '2999-10-01', category: 'groceries', amount: gbp('508.40') }),
                  figure({ period: '2999-10-01', category: 'housing', amount: gbp('1177.00') }),
                ],
          as_of,
        }),
    })
  })
  afterEach(async () => {
    await TestBed.inject(Session).signOut()
    TestBed.tick()
    server.stop()
    localStorage.clear()
  })

  const open = async (url: string) => {
    await TestBed.inject(Session).accept({ access_token: 't', expires_in: 900 })
    const page = await RouterTestingHarness.create(url)
    const element = () => page.routeNativeElement as HTMLElement
    const settled = async () => {
      await page.fixture.whenStable()
      page.detectChanges()
    }
    const button = (name: RegExp) =>
      [...element().querySelectorAll('button')].find((one) => name.test(one.getAttribute('aria-label') ?? ''))
    await until(() => server.calls.some((call) => call.path === '/analytics/spending'))
    await settled()
    await until(() => {
      page.detectChanges()
      return element().querySelector('table') !== null
    })
    return { page, element, settled, button }
  }

  it('shows whole pounds and says the exact figure', async () => {
    const { element, button } = await open('/spending')
    expect(element().textContent).toContain('in whole GBP')
    expect(button(/Groceries in October 2999/)?.getAttribute('aria-label')).toContain('£508.40')
    expect(button(/Groceries in October 2999/)?.textContent).toContain('508')
  })

  it('opens a figure into its parts and just its rows, in the URL', async () => {
    const { element, settled, button } = await open('/spending')
    button(/Groceries in October 2999/)?.click()
    await settled()
    await until(() => server.calls.some((call) => call.path === '/transactions'))
    await settled()
    expect(TestBed.inject(Router).url).toContain('key=groceries&month=2999-10')
    const asked = server.calls.find((call) => call.path === '/transactions')?.query
    expect(Object.fromEntries(asked ?? [])).toMatchObject({
      figure: 'spending',
      category: 'groceries',
      date_from: '2999-10-01',
      date_to: '2999-10-31',
    })
    await until(() => (element().textContent ?? '').includes('Tesco'))
  })

  it('moves by arrow keys and closes by Esc', async () => {
    const { element, settled, button } = await open('/spending?key=groceries&month=2999-10')
    const cell = button(/Groceries in October 2999/)
    expect(cell?.getAttribute('aria-pressed')).toBe('true')
    cell?.focus()
    cell?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true }))
    expect(document.activeElement?.getAttribute('aria-label')).toMatch(/Housing in October 2999/)
    element()
      .querySelector('table')
      ?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
    await settled()
    expect(TestBed.inject(Router).url).toBe('/spending')
  })
})
