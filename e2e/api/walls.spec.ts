import { SoftAuthenticator } from '@pf/auth/testing'
import { Rest } from '@pf/contracts'
import { Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { System } from '../src/system.ts'

type Problem = Rest.Problem
const unknownId = '0190a1b2-0000-7000-8000-000000000000'

describe('the walls between users', () => {
  let system: System
  let owner: Client
  let other: Client
  let ids: { connection: string; account: string; sync: string; transaction: string; passkey: string }

  beforeAll(async () => {
    system = await System.start()
    owner = await Client.registered(system)
    other = await Client.registered(system)
    const connection = await owner.connectDemoBank()
    const [sync] = await owner.settled({ connection_id: connection })
    const [account] = await owner.accounts()
    const [row] = await owner.transactions({ account_id: account?.id ?? '' })
    const { id: passkey } = await owner.addPasskey('Phone', new SoftAuthenticator(system.web))
    ids = { connection, account: account?.id ?? '', sync: sync?.id ?? '', transaction: row?.id ?? '', passkey }
  }, 180_000)
  afterAll(() => system.end(), 60_000)

  const idOf = (path: string): string => {
    if (path.startsWith('/connections')) return ids.connection
    if (path.startsWith('/transactions')) return ids.transaction
    if (path.startsWith('/auth/passkeys')) return ids.passkey
    return path.startsWith('/accounts') ? ids.account : ids.sync
  }
  const withToken = Object.entries(Rest.routes as Record<string, Rest.Route>).filter(([, route]) => !route.open)
  const bodies: Record<string, object> = {
    requestConnection: { institution_id: 'SANDBOXFINANCE_SFIN0000' },
    renameConnection: { friendly_name: 'Mine now' },
    changeAccount: { name: 'Mine now' },
    completeConnection: {},
    advanceDemo: { days: 1 },
    decideHeld: { verdict: 'dismiss' },
    decideIdentity: { transaction_ids: [unknownId], verdict: 'different' },
    query: { sql: 'select count(*) from fct_transactions' },
    saveQuery: { name: 'Rows', sql: 'select count(*) from fct_transactions' },
    changePassword: { current: 'not the one', new: 'another long one' },
    putProviderKeys: { secret_id: 'x', secret_key: 'y' },
    putPreference: { value: 1 },
    renamePasskey: { name: 'Mine now' },
    removePasskey: { password: 'correct horse battery' },
  }

  it.each(withToken)('%s is refused without a token and with a bad one', async (name, route) => {
    const path = route.path.replace('{id}', idOf(route.path)).replace('{key}', 'cards')
    const nobody = new Client(system)
    const attempts: Record<string, string>[] = [
      {},
      { authorization: 'Bearer not.a.token' },
      { authorization: 'Basic c2FtOnNhbQ==' },
    ]
    for (const headers of attempts) {
      const answer = await nobody.call<Problem>(route.method, path, route.body && (bodies[name] ?? {}), headers)
      expect(answer.status).toBe(401)
      expect(answer.headers.get('content-type')).toContain('application/problem+json')
      expect(answer.body.code).toBe('unauthenticated')
    }
  })

  /** The system's, not a user's: a user learns nothing of them, whatever their id. */
  const ofOperators = [
    ...['putProviderKeys', 'checkProvider', 'operations', 'retryQuarantined'],
    ...['invites', 'issueInvite', 'revokeInvite', 'rotateSigningKeys'],
  ]

  it.each(ofOperators)('%s is for operators alone', async (name) => {
    const route = (Rest.routes as Record<string, Rest.Route>)[name]!
    for (const id of ['sandbox', 'none']) {
      const path = route.path.replace('{id}', id)
      const answer = await other.call<Problem>(route.method, path, route.body && (bodies[name] ?? {}))
      expect([answer.status, answer.body.code]).toEqual([403, 'operator_only'])
    }
  })

  /** Named by who keeps them: each user has a thing of every name. */
  const named = ['preference', 'putPreference', 'deletePreference']

  it("what one user's pages remember no other sees or changes", async () => {
    const kept = await owner.expect<Rest.Preference>(200, 'PUT', '/preferences/cards', { value: ['worth'] })
    expect((await other.get<{ items: unknown[] }>('/preferences')).items).toEqual([])
    for (const method of ['GET', 'DELETE']) {
      const answer = await other.call<Problem>(method, '/preferences/cards')
      expect([answer.status, answer.body.code]).toEqual([404, 'preference_not_found'])
    }
    await other.expect(200, 'PUT', '/preferences/cards', { value: 'mine' })
    const found = await owner.call<Rest.Preference>('GET', '/preferences/cards')
    expect(found.body).toEqual(kept)
    const etag = found.headers.get('etag') ?? ''
    expect((await owner.call('GET', '/preferences/cards', undefined, { 'if-none-match': etag })).status).toBe(304)
    await owner.expect(200, 'PUT', '/preferences/cards', { value: ['cash'] }, { 'if-match': etag })
    const lost = await owner.call<Problem>('PUT', '/preferences/cards', { value: [] }, { 'if-match': etag })
    expect([lost.status, lost.body.code]).toEqual([412, 'precondition_failed'])
  })

  it.each(withToken.filter(([name, route]) => route.params && ![...ofOperators, ...named].includes(name)))(
    "%s answers 404 for another user's thing",
    async (name, route) => {
      const path = route.path.replace('{id}', idOf(route.path))
      const answer = await other.call<Problem>(route.method, path, route.body && (bodies[name] ?? {}))
      expect(answer.status).toBe(404)
      const missing = await other.call<Problem>(
        route.method,
        route.path.replace('{id}', unknownId),
        route.body && (bodies[name] ?? {}),
      )
      expect({ status: missing.status, code: missing.body.code }).toEqual({ status: 404, code: answer.body.code })
    },
  )

  it.each([
    '/connections',
    '/accounts',
    '/transactions',
    '/transactions/months',
    '/syncs',
    '/analytics/spending',
    '/analytics/cash-flow',
    '/analytics/net-worth',
    '/analytics/recurring',
  ])('%s is empty for another user', async (path) => {
    expect((await other.get<{ items: unknown[] }>(path)).items).toEqual([])
    expect((await owner.get<{ items: unknown[] }>(path)).items.length).toBeGreaterThan(0)
  })

  it("filters by another user's ids find nothing", async () => {
    const rows = await other.call<Problem>('GET', `/transactions?account_id=${ids.account}`)
    const unknown = await other.call<Problem>('GET', `/transactions?account_id=${unknownId}`)
    expect({ status: rows.status, body: rows.body }).toEqual({ status: 404, body: unknown.body })
    const syncs = await other.get<{ items: unknown[] }>(`/syncs?connection_id=${ids.connection}`)
    expect(syncs.items).toEqual([])
  })

  it("a file of rows holds its owner's alone", async () => {
    const { totals } = await owner.get<Rest.TransactionPage>('/transactions?limit=1')
    const lines = async (who: Client) => {
      const headers = { authorization: `Bearer ${who.token}` }
      const answer = await fetch(`${system.api}/transactions/export?format=csv`, { headers })
      return (await answer.text()).trim().split('\n').length - 1
    }
    expect(await lines(owner)).toBe(totals?.count)
    expect(await lines(other)).toBe(0)
    const theirs = await other.call<Problem>('GET', `/transactions/export?format=csv&account_id=${ids.account}`)
    expect([theirs.status, theirs.body.code]).toEqual([404, 'account_not_found'])
  })

  it("a user's own SQL sees their own rows, and their queries are theirs", async () => {
    const body = { sql: 'select count(*) as n from fct_transactions' }
    const mine = await owner.expect<Rest.QueryAnswer>(200, 'POST', '/analytics/query', body)
    expect(Number(mine.rows[0]?.[0])).toBeGreaterThan(0)
    expect((await other.expect<Rest.QueryAnswer>(200, 'POST', '/analytics/query', body)).rows).toEqual([['0']])
    const outside = await other.call<Problem>('POST', '/analytics/query', { sql: "select * from glob('/**')" })
    expect([outside.status, outside.body.code]).toEqual([422, 'query_invalid'])

    const saved = await owner.expect<Rest.SavedQuery>(201, 'POST', '/queries', { name: 'Rows', ...body })
    expect((await other.get<{ items: unknown[] }>('/queries')).items).toEqual([])
    expect((await other.call<Problem>('DELETE', `/queries/${saved.id}`)).body.code).toBe('query_not_found')
    expect((await owner.get<{ items: unknown[] }>('/queries')).items).toEqual([saved])
    await owner.expect(204, 'DELETE', `/queries/${saved.id}`)
    expect((await owner.get<{ items: unknown[] }>('/queries')).items).toEqual([])
  })

  it("a user's marts are built anew for them alone", async () => {
    const started = await owner.expect<Rest.Rebuild>(202, 'POST', '/analytics/rebuild', {})
    const theirs = await other.call<Problem>('GET', `/analytics/rebuilds/${started.id}`)
    expect([theirs.status, theirs.body.code]).toEqual([404, 'rebuild_not_found'])
    expect((await other.get<{ items: unknown[] }>('/analytics/rebuilds')).items).toEqual([])
    const done = await eventually(async () => {
      const now = await owner.get<Rest.Rebuild>(`/analytics/rebuilds/${started.id}`)
      return now.finished_at === null ? undefined : now
    })
    expect(done).toMatchObject({ status: 'switched', comparison: { same: true } })
    const status = await owner.get<Rest.MartStatus>('/analytics/status')
    expect(status.items.find(({ name }) => name === 'fct_transactions')?.rows).toBeGreaterThan(0)
  })

  it('a wrong body is refused with a pointer to what is wrong', async () => {
    const answer = await owner.call<Problem>('POST', '/connections', { institution_id: 7, extra: true })
    expect(answer.status).toBe(422)
    expect(answer.body.errors?.map((error) => error.pointer)).toContain('/body/institution_id')
    const broken = await owner.call<Problem>('POST', '/connections', '{"institution_id": ')
    expect(broken.status).toBe(422)
  })

  it("a bank's logo comes from our own origin, for good, and nobody else can have us fetch one", async () => {
    const { items } = await owner.get<{ items: Rest.Institution[] }>('/institutions?country=GB&q=sandbox')
    const logo = items.find(({ id }) => id === 'SANDBOXFINANCE_SFIN0000')?.logo ?? ''
    const answer = await fetch(`${system.web}/api${logo}`)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png'])
    expect(answer.headers.get('cache-control')).toContain('immutable')
    const inside = Buffer.from('https://169.254.169.254/latest/meta-data').toString('base64url')
    expect((await fetch(`${system.api}/logos/${'A'.repeat(22)}.${inside}`)).status).toBe(404)
  })

  it('an unknown address is a problem document', async () => {
    const answer = await owner.call<Problem>('GET', '/nowhere')
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 404, code: 'not_found' })
  })

  it('an unchanged answer is not sent twice', async () => {
    const first = await owner.call('GET', '/transactions?limit=50')
    const etag = first.headers.get('etag') ?? ''
    expect(etag).not.toBe('')
    const again = await owner.call('GET', '/transactions?limit=50', undefined, { 'if-none-match': etag })
    expect(again.status).toBe(304)
  })

  it('a request for another host is refused', async () => {
    const answer = await owner.call<Problem>('GET', '/health')
    expect(answer.status).toBe(200)
    const { request } = await import('node:http')
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const options = { host: '127.0.0.1', port: system.ports.api, path: '/health', headers: { host: 'evil.example' } }
      request(options, (response) => resolve(response.resume().statusCode))
        .once('error', reject)
        .end()
    })
    expect(status).toBe(421)
  })

  it('a command repeated under one key has one effect', async () => {
    const key = { 'idempotency-key': 'only-once' }
    const body = { institution_id: 'SANDBOXFINANCE_SFIN0000' }
    const first = await other.expect<{ id: string }>(201, 'POST', '/connections', body, key)
    const again = await other.expect<{ id: string }>(201, 'POST', '/connections', body, key)
    expect(again.id).toBe(first.id)
    expect((await other.get<{ items: unknown[] }>('/connections')).items).toHaveLength(1)
  })
})

describe('a session', () => {
  let system: System
  beforeAll(async () => {
    system = await System.start()
  }, 180_000)
  afterAll(() => system.end(), 60_000)

  it('is refreshed by its cookie, which is used once', async () => {
    const client = await Client.registered(system)
    const old = [...client.cookies]
    const fresh = await client.expect<Rest.AccessToken>(200, 'POST', '/auth/refresh')
    expect(fresh.expires_in).toBe(900)
    await client.expect(200, 'POST', '/auth/refresh')
    const thief = new Client(system)
    thief.cookies = old
    const reused = await thief.call<Problem>('POST', '/auth/refresh')
    expect({ status: reused.status, code: reused.body.code }).toEqual({ status: 401, code: 'refresh_reused' })
    const family = await client.call<Problem>('POST', '/auth/refresh')
    expect(family.status).toBe(401)
  })

  it('ends at log-out: its access token is refused within a second', async () => {
    const client = await Client.registered(system)
    await client.get('/auth/me')
    await client.expect(200, 'POST', '/auth/logout')
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect((await client.call('GET', '/auth/me')).status).toBe(401)
    expect((await client.call('POST', '/auth/refresh')).status).toBe(401)
  })

  it('is not started by a wrong password, and the answer does not say which part was wrong', async () => {
    const nobody = new Client(system)
    const body = { username: 'nobody-here', password: 'wrong password' }
    const unknown = await nobody.call<Problem>('POST', '/auth/login', body)
    await Client.registered(system, 'somebody')
    const wrong = await nobody.call<Problem>('POST', '/auth/login', { ...body, username: 'somebody' })
    expect(unknown.status).toBe(401)
    expect(wrong.body).toEqual(unknown.body)
  })

  it('cannot be opened twice under one name', async () => {
    await Client.registered(system, 'taken')
    const answer = await new Client(system).call<Problem>('POST', '/auth/register', {
      username: 'Taken',
      password: 'long enough',
    })
    expect({ status: answer.status, code: answer.body.code }).toEqual({ status: 409, code: 'username_taken' })
  })
})
