import { TestBed } from '@angular/core/testing'
import { json, problem, serve, until } from '../../testing/server.ts'
import { account, statementReport } from '../../testing/shapes.ts'
import { Session } from '../api/session.ts'
import { ImportsStore } from './store.ts'

describe('a statement file', () => {
  let server: ReturnType<typeof serve>
  const forms: FormData[] = []
  const file = new File(['Date,Amount\n'], 'november.csv', { type: 'text/csv' })

  const open = async (answer: () => Response) => {
    server = serve({
      'GET /auth/me': () => json({ id: 'u1', username: 'sam', roles: ['user'] }),
      'GET /events': () => new Response(null, { status: 503 }),
      'GET /accounts': () => json({ items: [account()] }),
      'GET /imports': () => json({ items: [] }),
      'DELETE /imports/i1': () => new Response(null, { status: 204 }),
      'POST /imports': ({ body }) => {
        forms.push(body as FormData)
        return answer()
      },
    })
    TestBed.configureTestingModule({ providers: [ImportsStore] })
    await TestBed.inject(Session).accept({ access_token: 't', expires_in: 900 })
    const store = TestBed.inject(ImportsStore)
    await until(() => store.imports.value() !== undefined)
    return store
  }

  beforeEach(() => {
    forms.length = 0
  })

  afterEach(async () => {
    await TestBed.inject(Session).signOut()
    TestBed.tick()
    server.stop()
    localStorage.clear()
  })

  it('is tried before it is imported', async () => {
    const store = await open(() => json(statementReport(), 201))
    await store.choose(file)
    expect(forms[0]?.get('dry_run')).toBe('true')
    expect(store.step()).toMatchObject({ status: 'tried', report: { added: 3, matched: 412 } })
    await store.import()
    expect(forms[1]?.get('dry_run')).toBe('false')
    expect(store.step().status).toBe('done')
  })

  it('is not said to be in any more once it was taken back', async () => {
    const store = await open(() => json(statementReport(), 201))
    await store.choose(file)
    await store.import()
    await store.takeBack('another')
    expect(store.step().status).toBe('done')
    await store.takeBack('i1')
    expect(store.step().status).toBe('idle')
  })

  it('goes into the account that was chosen', async () => {
    const store = await open(() => json(statementReport(), 201))
    store.place.set({ accountId: 'a1' })
    await store.choose(file)
    expect(forms[0]?.get('account_id')).toBe('a1')
    expect(forms[0]?.has('new_account')).toBe(false)
  })

  it('asks where it goes when it does not say so itself', async () => {
    const store = await open(() => problem(422, 'account_needed', 'The file names no account. Choose one.'))
    await store.choose(file)
    expect(store.step()).toMatchObject({ status: 'failed', askPlace: true })
  })

  it('begins with the columns that the server found', async () => {
    const mapping = { columns: { date: 'Date', amount: 'Amount' } }
    const store = await open(() => json(statementReport({ status: 'mapping_needed', mapping }), 201))
    await store.choose(file)
    expect(store.mapping()).toEqual(mapping)
    await store.tryAgain()
    expect(JSON.parse(String(forms[1]?.get('mapping')))).toEqual(mapping)
  })
})
