import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed'
import { TestBed } from '@angular/core/testing'
import { MatButtonHarness } from '@angular/material/button/testing'
import { MatMenuHarness } from '@angular/material/menu/testing'
import { provideRouter, Router } from '@angular/router'
import { RouterTestingHarness } from '@angular/router/testing'
import { json, serve, until } from '../../testing/server.ts'
import { account, explanation, row } from '../../testing/shapes.ts'
import { Session } from '../api/session.ts'
import { TransactionsPage } from './page.ts'
import { TransactionsStore } from './store.ts'

const gbp = (amount: string) => ({ amount, currency: 'GBP' })
const totals = { count: 3, by_currency: [{ currency: 'GBP', in: gbp('0.00'), out: gbp('-48.17'), net: gbp('-48.17') }] }
const as_of = { log_position: '1', built_at: '2026-11-20T07:12:00Z' }

describe('the transactions page', () => {
  let server: ReturnType<typeof serve>
  let items = [row(), row({ id: 't2' })]
  let say: (text: string) => void

  const open = async (url: string) => {
    server = serve({
      'GET /auth/me': () => json({ id: 'u1', username: 'sam' }),
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
      'GET /transactions/t1/explain': () => json(explanation()),
      'GET /transactions': ({ query }) => {
        if (query.get('q') === 'nothing') return json({ items: [], totals: { count: 0, by_currency: [] }, as_of })
        const cursor = query.get('cursor')
        return json(cursor ? { items: [row({ id: 't3' })], as_of } : { items, next_cursor: 'two', totals, as_of })
      },
    })
    await TestBed.inject(Session).accept({ access_token: 't', expires_in: 900 })
    const page = await RouterTestingHarness.create(url)
    const settled = async () => {
      await page.fixture.whenStable()
      page.detectChanges()
    }
    await until(() => asked().length > 0)
    await settled()
    return {
      page,
      settled,
      loader: TestbedHarnessEnvironment.loader(page.fixture),
      text: () => page.routeNativeElement?.textContent ?? '',
    }
  }
  const asked = () => server.calls.filter((call) => call.path === '/transactions').map((call) => call.query.toString())

  beforeEach(() => {
    items = [row(), row({ id: 't2' })]
    TestBed.configureTestingModule({
      providers: [provideRouter([{ path: 'transactions', component: TransactionsPage }])],
    })
  })

  afterEach(async () => {
    await TestBed.inject(Session).signOut()
    TestBed.tick()
    server.stop()
    localStorage.clear()
  })

  it('asks for what its URL says', async () => {
    await open('/transactions?date_from=2026-11-01&account_id=a1&direction=sideways')
    expect(asked()[0]).toBe('date_from=2026-11-01&account_id=a1&limit=100')
  })

  it('shows what is filtered, added up', async () => {
    const { page } = await open('/transactions')
    await until(() => page.routeNativeElement?.querySelector('pf-totals') !== null)
    expect(page.routeNativeElement?.querySelector('pf-totals')?.textContent).toContain('3 rows')
    expect(page.routeNativeElement?.querySelector('pf-totals')?.textContent).toContain('−£48.17')
  })

  it('puts a chosen filter into the URL, and takes it back from there', async () => {
    const { loader, settled } = await open('/transactions?q=tea')
    await (await loader.getHarness(MatMenuHarness.with({ triggerText: 'Category' }))).clickItem({ text: 'Groceries' })
    await settled()
    expect(TestBed.inject(Router).url).toBe('/transactions?q=tea&category=groceries')
    await until(() => asked().at(-1) === 'category=groceries&q=tea&limit=100')
  })

  it('says what it looked for in vain, and leads out', async () => {
    const { loader, text, settled } = await open('/transactions?q=nothing&date_from=2026-11-01&date_to=2026-11-30')
    await until(() => text().includes('Nothing matches “nothing”'))
    await settled()
    await (await loader.getHarness(MatButtonHarness.with({ text: 'Search all dates' }))).click()
    await settled()
    expect(TestBed.inject(Router).url).toBe('/transactions?q=nothing')
  })

  it('goes on by cursor, once, and stops at the end', async () => {
    const { page } = await open('/transactions')
    const store = page.routeDebugElement?.injector.get(TransactionsStore)
    if (!store) throw new Error('Found no store on the page.')
    await until(() => store.rows().length >= 2)
    await Promise.all([store.loadMore(), store.loadMore()])
    await until(() => store.rows().length === 3)
    await store.loadMore()
    expect(asked().filter((query) => query.includes('cursor=two'))).toHaveLength(1)
    expect(store.rows().map((one) => one.id)).toEqual(['t1', 't2', 't3'])
  })

  describe('while rows arrive', () => {
    const news = () => say('id: 1\nevent: notice\ndata: {"topic":"marts","log_position":"5"}\n\n')
    const arrive = async (url = '/transactions') => {
      const opened = await open(url)
      const store = opened.page.routeDebugElement?.injector.get(TransactionsStore)
      if (!store) throw new Error('Found no store on the page.')
      await until(() => store.live() === 'live' && store.shown() !== undefined)
      const pill = () => opened.page.routeNativeElement?.querySelector<HTMLButtonElement>('.news button') ?? undefined
      return { ...opened, store, pill, ids: () => store.rows().map((one) => one.id) }
    }

    it('holds the list still and offers them', async () => {
      const { store, settled, pill, ids } = await arrive()
      items = [row({ id: 't0' }), ...items]
      news()
      await until(() => store.waiting())
      await settled()
      expect(ids()[0]).toBe('t1')
      expect(pill()?.textContent).toBe('New rows')
      pill()?.click()
      await until(() => ids()[0] === 't0')
      await settled()
      expect(pill()).toBeUndefined()
    })

    it('changes what stands there in place, at once', async () => {
      const { store, pill } = await arrive()
      items = [row({ category: 'leisure' }), row({ id: 't2' })]
      news()
      await until(() => store.rows()[0]?.category === 'leisure')
      expect(pill()).toBeUndefined()
    })

    it('shows the first ones at once', async () => {
      items = []
      const { store, pill, ids } = await arrive()
      items = [row()]
      news()
      await until(() => ids()[0] === 't1')
      expect(store.waiting()).toBe(false)
      expect(pill()).toBeUndefined()
    })
  })

  describe('a row explained', () => {
    it('is a story with the bank’s own bytes behind a click, and Esc closes it', async () => {
      const { page, settled, text } = await open('/transactions?row=t1')
      await until(() => {
        page.detectChanges()
        return text().includes('How this number came to be')
      })
      expect(text()).toContain('Wrenfield Bank told us')
      expect(text()).toContain('We took it for a new payment')
      expect(text()).not.toContain('remittanceInformationUnstructured')
      const raw = [...(page.routeNativeElement?.querySelectorAll('button') ?? [])].find((one) =>
        one.textContent?.includes('As the bank sent it'),
      )
      raw?.click()
      page.detectChanges()
      expect(text()).toContain('remittanceInformationUnstructured')
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))
      await settled()
      expect(TestBed.inject(Router).url).toBe('/transactions')
    })

    it('that is gone says so', async () => {
      const { page, text } = await open('/transactions?row=t9')
      await until(() => {
        page.detectChanges()
        return text().includes('This row is not here any more')
      })
    })
  })
})
