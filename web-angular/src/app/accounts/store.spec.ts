import { TestBed } from '@angular/core/testing'
import { json, problem, serve, until } from '../../testing/server.ts'
import { account, booked } from '../../testing/shapes.ts'
import { Session } from '../api/session.ts'
import { Done } from '../ui/done.ts'
import { AccountsStore, idsOf } from './store.ts'

describe('the list of accounts', () => {
  let server: ReturnType<typeof serve>
  let name = 'Current'

  const open = async (routes: Parameters<typeof serve>[0] = {}) => {
    server = serve({
      'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user'] }),
      'GET /events': () => new Response(null, { status: 503 }),
      'GET /accounts': () =>
        json({ items: [account({ name }), account({ id: 'a2', kind: 'card', balances: booked('-40.00') })] }),
      'GET /accounts/a1/balances': () => json({ items: [] }),
      'GET /accounts/a2/balances': () => json({ items: [] }),
      'GET /preferences': () => json({ items: [] }),
      'PUT /preferences/accounts.hidden': ({ body }) =>
        json({ key: 'k', revision: '1', changed_at: '', ...(body as object) }),
      ...routes,
    })
    TestBed.configureTestingModule({ providers: [AccountsStore] })
    await TestBed.inject(Session).accept({ access_token: 't', expires_in: 900 })
    const store = TestBed.inject(AccountsStore)
    await until(() => store.accounts.value() !== undefined)
    return store
  }
  const names = (store: AccountsStore) => store.groups().flatMap(({ accounts }) => accounts.map((one) => one.name))

  afterEach(async () => {
    await TestBed.inject(Session).signOut()
    TestBed.tick()
    server.stop()
    localStorage.clear()
    name = 'Current'
  })

  it('takes a new name at once, and keeps the one that the server tells', async () => {
    const store = await open({
      'PATCH /accounts/a1': ({ body }) => {
        name = (body as { name: string }).name
        return json(account({ name }), 200, { 'log-position': '9' })
      },
    })
    const done = store.rename(account(), 'Bills')
    expect(names(store)).toContain('Bills')
    await done
    expect(names(store)).toContain('Bills')
    expect(server.calls.find((call) => call.headers.get('log-position') === '9')?.path).toBe('/accounts')
  })

  it('says so where a name is not taken, and shows the one before', async () => {
    const store = await open({ 'PATCH /accounts/a1': () => problem(503, 'unavailable') })
    await store.rename(account(), 'Bills')
    expect(names(store)).toContain('Current')
    expect(store.renameProblem()).toContain('Current keeps its name.')
  })

  it('moves an account to the kind that its owner says, and back', async () => {
    let said: 'savings' | null = null
    const store = await open({
      'GET /accounts': () =>
        json({ items: [account({ kind: said ?? 'current', kind_source: said === null ? 'bank' : 'user' })] }),
      'PATCH /accounts/a1': ({ body }) => {
        said = (body as { kind: typeof said }).kind
        return json(account(), 200, { 'log-position': '9' })
      },
    })
    await store.choose(account(), 'savings')
    expect(store.groups().map(({ kind }) => kind)).toEqual(['savings'])
    expect(TestBed.inject(Done).deed()?.text).toBe('Current counts as savings now.')
    await TestBed.inject(Done).takeBack()
    expect(said).toBeNull()
    expect(store.groups().map(({ kind }) => kind)).toEqual(['current'])
  })

  it('leaves an account where it was when its kind is not taken', async () => {
    const store = await open({ 'PATCH /accounts/a1': () => problem(503, 'unavailable') })
    await store.choose(account(), 'loan')
    expect(store.groups().map(({ kind }) => kind)).toEqual(['current', 'card'])
    expect(TestBed.inject(Done).deed()?.kind).toBe('failed')
  })

  it('hides an account with its sum, remembers that, and shows it again', async () => {
    const store = await open()
    store.hide('a2')
    expect(store.groups().map(({ kind }) => kind)).toEqual(['current'])
    expect(store.hidden().map(({ id }) => id)).toEqual(['a2'])
    await until(() => server.calls.some(({ method }) => method === 'PUT'))
    expect(server.calls.find(({ method }) => method === 'PUT')?.body).toEqual({ value: ['a2'] })
    store.show('a2')
    expect(store.hidden()).toEqual([])
  })

  it('reads what it remembers as far as it makes sense', () => {
    expect(idsOf(['a1', 7, null])).toEqual(['a1'])
    expect(idsOf({ a1: true })).toEqual([])
  })
})
