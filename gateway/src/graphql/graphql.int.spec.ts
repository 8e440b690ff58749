import { request as httpRequest } from 'node:http'
import type { Rest } from '@pf/contracts'
import { eventually } from '@pf/eventing/testing'
import { getIntrospectionQuery } from 'graphql'
import { behaviour, runGateway, sam } from '../testing/running-gateway.ts'
import { standInAnalytics, standInRows } from '../testing/stand-in-money.ts'
import { limits } from './limits.ts'

let running: Awaited<ReturnType<typeof runGateway>>
let authorization: string
beforeAll(async () => {
  running = await runGateway('http://localhost:3000', {
    config: { analyticsShards: 1 },
    more: standInAnalytics(),
  })
  authorization = `Bearer ${await running.token()}`
}, 30_000)
afterAll(() => running.stop())
beforeEach(() => Object.assign(behaviour, { asked: [], behind: undefined, endedSessions: [], trouble: undefined }))

type Body = { query?: unknown; variables?: unknown; operationName?: unknown }
const send = (body: unknown, headers: Record<string, string> = {}, path = '/graphql') =>
  fetch(`${running.apiUrl}${path}`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

type Answered = Omit<Rest.GraphqlAnswer, 'data'> & { data?: Record<string, never> | null }
async function ask(query: string, variables: object = {}, rest: Body = {}): Promise<Answered> {
  const answer = await send({ query, variables, ...rest })
  expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store'])
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
  return (await answer.json()) as Answered
}
const codes = ({ errors = [] }: Answered) => errors.map(({ extensions }) => extensions.code)
const counted = () => {
  const calls: Record<string, number> = {}
  for (const { operation } of behaviour.asked) calls[operation] = (calls[operation] ?? 0) + 1
  return calls
}

describe('a query', () => {
  it('is answered for the caller, with what it cost', async () => {
    const answer = await ask('{ me { id username roles } connections { nodes { id status institution { name } } } }')
    expect(answer).toEqual({
      data: {
        me: { id: sam.userId, username: 'sam', roles: ['user'] },
        connections: { nodes: [{ id: 'c-1', status: 'active', institution: { name: 'Bank' } }] },
      },
      extensions: { cost: { requested: 202, limit: limits.cost } },
    })
    for (const { principal } of behaviour.asked) expect(principal).toMatchObject(sam)
  })

  it('asks once for the accounts of a page of 50 rows', async () => {
    const rows =
      '{ transactions(first: 50) { nodes { id account { id name connection { id accounts { nodes { id } } } } } } }'
    const { data } = (await ask(rows)) as { data?: { transactions?: { nodes: { account: object }[] } } }
    expect(data?.transactions?.nodes).toHaveLength(50)
    expect(data?.transactions?.nodes[0]?.account).toMatchObject({
      id: 'a-1',
      name: 'Account a-1',
      connection: { id: 'c-1' },
    })
    expect(counted()).toEqual({
      'analytics.transactions': 1,
      'connection.accounts': 1,
      'analytics.accounts': 1,
      list: 1,
    })
  })

  it('asks for each account’s own rows by its id', async () => {
    const { data } = (await ask('{ accounts { nodes { id transactions(first: 2) { nodes { account_id } } } } }')) as {
      data?: { accounts?: { nodes: { id: string; transactions: { nodes: { account_id: string }[] } }[] } }
    }
    for (const { id, transactions } of data?.accounts?.nodes ?? []) {
      expect(transactions.nodes.map(({ account_id }) => account_id)).toEqual([id, id])
    }
    expect(counted()).toMatchObject({ 'analytics.transactions': 3, 'connection.accounts': 1 })
  })

  it('leaves null where something failed, says why in REST’s words, and answers the rest', async () => {
    const answer = await ask(
      '{ me { id } sync(id: "s-9") { id } transaction(id: "t-999") { id } imports { nodes { id } } }',
    )
    expect(answer.data).toEqual({ me: { id: sam.userId }, sync: null, transaction: null, imports: null })
    const byField = Object.fromEntries((answer.errors ?? []).map(({ path, ...error }) => [path?.[0], error]))
    expect(byField).toEqual({
      transaction: {
        message: 'There is no such transaction.',
        locations: [{ line: 1, column: 36 }],
        extensions: { code: 'transaction_not_found', status: 404 },
      },
      sync: expect.objectContaining({ extensions: { code: 'sync_not_found', status: 404 } }),
      imports: expect.objectContaining({
        extensions: { code: 'unavailable', status: 503, retry_after_seconds: expect.any(Number) },
      }),
    })
  })

  it('says nothing of the insides of what went wrong', async () => {
    behaviour.trouble = new Error('insert into vault.credentials values (hunter2)')
    const text = JSON.stringify(await ask('{ accounts { nodes { id } } }'))
    expect(text).toContain('"code":"internal"')
    expect(text).not.toMatch(/vault|hunter2|stack| at /)
  })

  it('that is refused as a whole has a status only where the client speaks GraphQL’s media type', async () => {
    const wrong = { query: '{ nope }' }
    const accept = 'application/graphql-response+json'
    const [plain, named] = [await send(wrong), await send(wrong, { accept })]
    expect([plain.status, named.status, named.headers.get('content-type')]).toEqual([
      200,
      422,
      `${accept}; charset=utf-8`,
    ])
    expect(await named.json()).toEqual(await plain.json())
  })

  it('ends with the client that goes away', async () => {
    const body = JSON.stringify({ query: '{ netWorth { nodes { period } } }' })
    const sent = httpRequest(`${running.apiUrl}/graphql`, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', 'content-length': body.length },
    })
    sent.on('error', () => undefined).end(body)
    await eventually(async () => expect(counted()).toMatchObject({ 'analytics.netWorth': 1 }))
    sent.destroy()
    await eventually(async () => expect(counted()).toMatchObject({ 'analytics.netWorth ended': 1 }))
  })
})

describe('a list', () => {
  type Page = {
    nodes: { id: string }[]
    edges: { cursor: string }[]
    pageInfo: { hasNextPage: boolean; endCursor: string }
    totals: object | null
  }
  const page = async (variables: object): Promise<Page> => {
    const query = `query ($first: Int, $after: String) { transactions(first: $first, after: $after) {
      nodes { id } edges { cursor } totals { count } pageInfo { hasNextPage endCursor } } }`
    const { data, errors } = (await ask(query, variables)) as { data?: { transactions: Page } } & Answered
    if (!data?.transactions) throw new Error(JSON.stringify(errors))
    return data.transactions
  }
  const ids = standInRows.map(({ id }) => id)

  it('is read page by page, each row once', async () => {
    const read: string[] = []
    let after: string | undefined
    for (let hasNextPage = true; hasNextPage; ) {
      const { nodes, pageInfo } = await page({ first: 40, after })
      read.push(...nodes.map(({ id }) => id))
      after = pageInfo.endCursor
      hasNextPage = pageInfo.hasNextPage
    }
    expect(read).toEqual(ids)
  })

  it('goes on behind any edge, and behind REST’s own cursor', async () => {
    const { edges, totals } = await page({ first: 50 })
    expect(totals).toEqual({ count: ids.length })
    for (const at of [0, 17, 49]) {
      const { nodes } = await page({ first: 120, after: edges[at]?.cursor })
      expect(nodes.map(({ id }) => id)).toEqual(ids.slice(at + 1, at + 121))
    }
    expect((await page({ first: 1, after: 't-100' })).nodes).toEqual([{ id: 't-099' }])
  })

  it('that REST answers whole is cut in the same way', async () => {
    const query =
      'query ($after: String) { accounts(first: 2, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } }'
    const first = (await ask(query)) as { data?: { accounts: Page } }
    const second = await ask(query, { after: first.data?.accounts.pageInfo.endCursor })
    expect(second.data).toEqual({
      accounts: { nodes: [{ id: 'a-3' }], pageInfo: { endCursor: expect.any(String), hasNextPage: false } },
    })
  })

  it.each([
    ['no rows', { first: 0 }],
    ['more rows than a page may have', { first: 201 }],
    ['a cursor of nobody', { after: 'edge.bm90IG9uZQ' }],
  ])('refuses %s', async (_what, variables) => {
    const query = 'query ($first: Int, $after: String) { accounts(first: $first, after: $after) { nodes { id } } }'
    expect(codes(await ask(query, variables))).toEqual(['invalid_input'])
  })
})

const nested = (levels: number) =>
  `{ accounts { nodes { ${'connection { accounts { nodes { '.repeat(levels)} id ${'} } }'.repeat(levels)} } } }`
const times = (n: number, make: (i: number) => string) => Array.from({ length: n }, (_, i) => make(i)).join(' ')

describe('an operation', () => {
  it.each([
    ['too deep', nested(4), 'depth'],
    ['far too deep', nested(200), 'nesting'],
    ['of brackets alone', '{ me(a: '.padEnd(15_000, '['), 'nesting'],
    ['too wide', '{ accounts(first: 200) { nodes { transactions(first: 200) { nodes { id } } } } }', 'cost'],
    ['with too many aliases', `{ ${times(31, (i) => `a${i}: me { id }`)} }`, 'aliases'],
    ['with one field again and again', `{ ${times(300, () => 'me { id }')} }`, 'repeats'],
    [
      'of fragments that double',
      `{ ...F0 } ${times(14, (i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`)} fragment F14 on Query { me { id } }`,
      'cost',
    ],
    ['with too many fragments', `{ ${times(31, () => '...F')} } fragment F on Query { me { id } }`, 'fragments'],
    ['with too many words', `{ ${times(1999, () => 'a')} }`, 'tokens'],
    ['among too many', times(11, (i) => `query Q${i} { me { id } }`), 'operations'],
    [
      'that asks for the schema again and again',
      `{ ${times(30, (i) => `a${i}: __schema { types { fields { args { name } type { name } } } }`)} }`,
      'introspection',
    ],
  ])('%s is refused before anything is read', async (_what, query, of) => {
    const answer = await ask(query, {}, { operationName: of === 'operations' ? 'Q1' : null })
    expect(answer).toEqual({
      errors: [
        {
          message: expect.any(String),
          extensions: expect.objectContaining({
            code: 'query_too_costly',
            status: 422,
            limit_of: of,
            limit: expect.any(Number),
          }),
        },
      ],
    })
    expect(behaviour.asked).toEqual([])
  })

  it('tells the cost that was too much', async () => {
    const query =
      'query ($n: Int!) { transactions(first: $n) { nodes { account { transactions(first: $n) { nodes { id } } } } } }'
    const { errors } = await ask(query, { n: 150 })
    expect(errors?.[0]?.extensions).toEqual({
      code: 'query_too_costly',
      status: 422,
      limit_of: 'cost',
      found: 51 + 150 * (2 + 50 + 1 + 150),
      limit: limits.cost,
    })
  })

  it.each([
    ['with a circle of fragments', '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'],
    ['that changes something', 'mutation { changeAccount(id: "a-1") { id } }'],
    ['that subscribes', 'subscription { __typename }'],
    ['with a field that is not there', '{ me { password_hash } }'],
    ['that is none', '{ me { id '],
    ['without what it needs', 'query ($id: ID!) { account(id: $id) { id } }'],
  ])('%s is refused', async (_what, query) => {
    expect(codes(await ask(query))).toEqual(expect.arrayContaining(['invalid_input']))
    expect(behaviour.asked).toEqual([])
  })

  it.each([
    [
      'an id',
      '{"account_id":"a-1\' or 1=1 --"}',
      'query ($account_id: ID) { transactions(account_id: $account_id) { nodes { id } } }',
    ],
    ['text', '{"q":"\'; drop table x; --"}', 'query ($q: String) { transactions(q: $q) { nodes { id } } }'],
  ])('hands %s on as it is: a value, never words of a query', async (_what, variables, query) => {
    await ask(query, JSON.parse(variables))
    expect(behaviour.asked[0]?.input).toMatchObject(JSON.parse(variables))
  })

  it.each([
    [
      'an amount',
      { min_amount: '1 or 1=1' },
      'query ($min_amount: String) { transactions(min_amount: $min_amount) { nodes { id } } }',
    ],
    [
      'a day',
      { date_from: "2026-01-01' --" },
      'query ($date_from: Day) { transactions(date_from: $date_from) { nodes { id } } }',
    ],
    ['an object for text', { q: { $ne: '' } }, 'query ($q: String) { transactions(q: $q) { nodes { id } } }'],
    ['a cursor', { after: 'x'.repeat(600) }, 'query ($after: String) { transactions(after: $after) { nodes { id } } }'],
  ])('checks %s as REST does', async (_what, variables, query) => {
    expect(codes(await ask(query, variables))).toEqual(['invalid_input'])
    expect(behaviour.asked).toEqual([])
  })

  it('may ask for the whole schema', async () => {
    const { data } = await ask(getIntrospectionQuery())
    expect(JSON.stringify(data)).toContain('"name":"Transaction"')
  })
})

describe('the address', () => {
  const problem = async (answer: Response) => ({
    status: answer.status,
    code: ((await answer.json()) as Rest.Problem).code,
  })
  const query = { query: '{ me { id } }' }

  it.each([
    ['no token', { authorization: '' }, 401, 'unauthenticated'],
    ['a bad token', { authorization: 'Bearer a.b.c' }, 401, 'unauthenticated'],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415, 'unsupported_media_type'],
    ['text', { 'content-type': 'text/plain' }, 415, 'unsupported_media_type'],
  ])('refuses %s', async (_what, headers, status, code) => {
    expect(await problem(await send(query, headers as Record<string, string>))).toEqual({ status, code })
    expect(behaviour.asked).toEqual([])
  })

  it('reads no token from its own text, and no cookie', async () => {
    const token = authorization.replace('Bearer ', '')
    const open = await send(
      query,
      { authorization: '', cookie: `access_token=${token}` },
      `/graphql?access_token=${token}`,
    )
    expect(await problem(open)).toEqual({ status: 401, code: 'unauthenticated' })
  })

  it.each([
    ['several operations at once', [query, query]],
    ['nothing', {}],
    ['NUL', { ...query, variables: { q: 'a\0' } }],
    ['another shape', { ...query, extra: true }],
    ['a document that is no text', { query: { kind: 'Document' } }],
    ['a long document', { query: `{ me { id } } #${'x'.repeat(20_000)}` }],
  ])('refuses %s', async (_what, body) => {
    expect(await problem(await send(body))).toEqual({ status: 422, code: 'invalid_input' })
  })

  it('takes POST alone', async () => {
    const answer = await fetch(`${running.apiUrl}/graphql?query={me{id}}`, { headers: { authorization } })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
  })
})
