import { TestbedHarnessEnvironment } from '@angular/cdk/testing/testbed'
import { TestBed } from '@angular/core/testing'
import { MatButtonHarness } from '@angular/material/button/testing'
import { MatDialog } from '@angular/material/dialog'
import { MatMenuHarness } from '@angular/material/menu/testing'
import { provideRouter, Router } from '@angular/router'
import { RouterTestingHarness } from '@angular/router/testing'
import { json, problem, serve, until } from '../../testing/server.ts'
import { account, explanation, held, row } from '../../testing/shapes.ts'
import { Session } from '../api/session.ts'
import { TransactionsPage } from './page.ts'
import { TransactionsStore } from './store.ts'

const gbp = (amount: string) => ({ amount, currency: 'GBP' })
const totals = { count: 3, by_currency: [{ currency: 'GBP', in: gbp('0.00'), out: gbp('-48.17'), net: gbp('-48.17') }] }
const as_of = { log_position: '1', built_at: '2026-11-20T07:12:00Z' }

describe('the transactions page', () => {
  let server: ReturnType<typeof serve>
  let items = [row(), row({ id: 't2' })]
  let total = 3
  let trouble = false
  let heldRows = [held()]
  let say: (text: string) => void

  const open = async (url: string) => {
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
      'GET /held': () => json({ items: heldRows }),
      'GET /preferences': () => json({ items: [] }),
      'PUT /preferences/transactions.filters': ({ body }) =>
        json({ key: 'k', revision: '1', changed_at: '', ...(body as object) }),
      'GET /transactions/t1/explain': () => json(explanation()),
      'GET /transactions/months': () => json({ items: [{ month: '2026-11', count: total }], as_of }),
      'GET /transactions': ({ query }) => {
        if (query.get('q') === 'trouble' && trouble) return problem(503, 'unavailable')
        if (query.get('q') === 'nothing') return json({ items: [], totals: { count: 0, by_currency: [] }, as_of })
        const cursor = query.get('cursor')
        return json(
          cursor
            ? { items: [row({ id: 't3' })], as_of }
            : { items, next_cursor: 'two', totals: { ...totals, count: total }, as_of },
        )
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
    total = 3
    heldRows = []
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

  const storeOf = (page: RouterTestingHarness): TransactionsStore => {
    const store = page.routeDebugElement?.injector.get(TransactionsStore)
    if (!store) throw new Error('Found no store on the page.')
    return store
  }
  const ids = (store: TransactionsStore) => {
    const view = store.rows.view()
    return Array.from({ length: view?.count ?? 0 }, (_, index) => view?.at(index)?.id)
  }

  it('reads the rows in sight, each once', async () => {
    const { page } = await open('/transactions')
    const store = storeOf(page)
    await until(() => ids(store).every((id) => id !== undefined) && store.rows.view() !== undefined)
    expect(ids(store)).toEqual(['t1', 't2', 't3'])
    await Promise.all([store.rows.see({ from: 0, to: 2 }), store.rows.see({ from: 0, to: 2 })])
    expect(asked().filter((query) => query.includes('cursor=two'))).toHaveLength(1)
  })

  it('shows the rows of a filter that could not be read at first', async () => {
    trouble = true
    const { page, settled, text } = await open('/transactions')
    const store = storeOf(page)
    await until(() => ids(store).length === 3)
    store.change({ q: 'trouble' })
    await until(() => store.rows.start.state().status === 'failed')
    trouble = false
    items = [row({ id: 't9' })]
    await settled()
    expect(text()).toContain('Try again')
    await store.rows.refresh()
    await until(() => ids(store)[0] === 't9')
  })

  it('tells of rows that are held back, and why', async () => {
    heldRows = [held(), held({ id: 'h2' })]
    const { text } = await open('/transactions')
    await until(() => text().includes('2 rows are held back and not counted'))
    expect(text()).toContain('Decide')
  })

  describe('by the keyboard', () => {
    const begin = async () => {
      const opened = await open('/transactions')
      const store = storeOf(opened.page)
      await until(() => ids(store).length === 3 && ids(store).every((id) => id !== undefined))
      await opened.settled()
      const press = async (key: string, shiftKey = false) => {
        const target = document.activeElement ?? document.body
        target.dispatchEvent(new KeyboardEvent('keydown', { key, shiftKey, bubbles: true, cancelable: true }))
        await opened.settled()
      }
      const focused = () => document.activeElement?.closest<HTMLElement>('pf-row')?.dataset['index']
      return { ...opened, store, press, focused }
    }

    it('goes from row to row, and opens one', async () => {
      const { press, focused } = await begin()
      await press('j')
      expect(focused()).toBe('0')
      await press('j')
      expect(focused()).toBe('1')
      await press('k')
      expect(focused()).toBe('0')
      await press('Enter')
      expect(TestBed.inject(Router).url).toBe('/transactions?row=t1')
    })

    it('selects rows, which are added up in place of what is filtered', async () => {
      const { press, text, store } = await begin()
      await press('j')
      await press(' ')
      expect(text()).toContain('1 row selected')
      await press('J', true)
      await until(() => store.selection.rows().size === 2)
      expect([...store.selection.rows().keys()]).toEqual(['t1', 't2'])
      await press('Escape')
      expect(text()).toContain('3 rows')
    })

    it('says what its keys do', async () => {
      const { press } = await begin()
      await press('?', true)
      const dialog = document.querySelector('pf-keys-sheet')
      expect(dialog?.textContent).toContain('Explain the row')
      TestBed.inject(MatDialog).closeAll()
    })
  })

  it('selects a stretch with Shift and a click', async () => {
    const { page, settled } = await open('/transactions')
    const store = storeOf(page)
    await until(() => ids(store).length === 3 && ids(store).every((id) => id !== undefined))
    await settled()
    const links = [...(page.routeNativeElement?.querySelectorAll<HTMLElement>('pf-row a') ?? [])]
    links[0]?.dispatchEvent(new MouseEvent('click', { ctrlKey: true, bubbles: true, cancelable: true }))
    links[2]?.dispatchEvent(new MouseEvent('click', { shiftKey: true, bubbles: true, cancelable: true }))
    await until(() => store.selection.rows().size === 3)
    expect(TestBed.inject(Router).url).toBe('/transactions')
  })

  it('keeps a filter under a name', async () => {
    const { page, settled } = await open('/transactions?q=tea&direction=out&min_amount=-50')
    const store = storeOf(page)
    await store.saved.save('Tea', store.filter())
    await settled()
    expect(store.saved.all()).toEqual([{ name: 'Tea', filter: { q: 'tea', direction: 'out', min_amount: '-50' } }])
    const put = server.calls.find((call) => call.method === 'PUT')
    expect(put?.body).toEqual({ value: store.saved.all() })
  })

  describe('while rows arrive', () => {
    const news = () => say('id: 1\nevent: notice\ndata: {"topic":"marts","log_position":"5"}\n\n')
    const arrive = async (url = '/transactions') => {
      const opened = await open(url)
      const store = storeOf(opened.page)
      await until(() => store.live() === 'live' && store.rows.view() !== undefined)
      const pill = () => opened.page.routeNativeElement?.querySelector<HTMLButtonElement>('.news button') ?? undefined
      return { ...opened, store, pill, ids: () => ids(store) }
    }

    it('holds the list still and offers them', async () => {
      const { store, settled, pill, ids } = await arrive()
      items = [row({ id: 't0' }), ...items]
      news()
      await until(() => store.rows.waiting())
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
      await until(() => store.rows.view()?.at(0)?.category === 'leisure')
      expect(pill()).toBeUndefined()
    })

    it('shows the first ones at once', async () => {
      items = []
      total = 0
      const { store, pill, ids } = await arrive()
      items = [row()]
      total = 1
      news()
      await until(() => ids()[0] === 't1')
      expect(store.rows.waiting()).toBe(false)
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
