import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Rest } from '@pf/contracts'
import type { TSchema } from 'typebox'
import { Client } from '../src/client.ts'
import { eventually } from '../src/eventually.ts'
import { root, System } from '../src/system.ts'

type Shape = { type?: string; properties?: Record<string, TSchema>; items?: TSchema; anyOf?: TSchema[] }
type Json = Record<string, unknown>
type Name = Rest.RouteName

/** What a schema allows beside null. */
function partsOf(schema: TSchema): Shape[] {
  const shape = schema as Shape
  return (shape.anyOf?.flatMap(partsOf) ?? [shape]).filter(({ type }) => type !== 'null')
}

/** All that REST's contract says of an answer, as GraphQL is asked for it. Read from the contract, not from the schema. */
function selection(schema: TSchema, property = ''): string {
  const [shape, ...others] = partsOf(schema)
  if (shape === undefined || others.length > 0) return property
  if (shape.type === 'array' && shape.items) return selection(shape.items, property)
  if (!shape.properties) return property
  const { items, next_cursor: _, ...fields } = shape.properties
  const within = Object.entries(fields).map(([name, of]) =>
    isBanksAccounts(name, shape) ? 'accounts(first: 200) { nodes { id } }' : selection(of, name),
  )
  if (items !== undefined) within.push(selection(items, 'nodes'))
  return `${property} { ${within.join(' ')} }`
}

/** REST tells the ids of a connection's accounts; GraphQL leads there. */
const isBanksAccounts = (name: string, { properties = {} }: Shape) => name === 'accounts' && 'quota' in properties

/** REST's answer as GraphQL has it: what is absent is null, `items` are `nodes`. */
function expected(schema: TSchema, value: unknown): unknown {
  const [shape, ...others] = partsOf(schema)
  if (value === undefined || value === null) return null
  if (shape === undefined || others.length > 0) return value
  if (shape.type === 'array' && shape.items)
    return (value as unknown[]).map((item) => expected(shape.items as TSchema, item))
  if (!shape.properties) return value
  const { next_cursor: _, ...fields } = shape.properties
  return Object.fromEntries(
    Object.entries(fields).map(([name, of]) => {
      const said = (value as Json)[name]
      if (isBanksAccounts(name, shape)) return [name, { nodes: (said as string[]).map((id) => ({ id })) }]
      return [name === 'items' ? 'nodes' : name, expected(of, said)]
    }),
  )
}

const routes = Rest.routes as Record<string, Rest.Route>
const reads = (Object.keys(routes) as Name[]).filter((name) => {
  const { method, open, path, answers } = routes[name] as Rest.Route
  return method === 'GET' && !open && answers[200] && (name === 'me' || !path.startsWith('/auth/'))
})
const literal = (value: unknown) => JSON.stringify(value)

describe('GraphQL', () => {
  let system: System
  let owner: Client
  let other: Client
  let given: Partial<Record<Name, { params?: Record<string, string>; query?: Record<string, string | number> }>>

  beforeAll(async () => {
    system = await System.start()
    owner = await Client.registered(system)
    other = await Client.registered(system)
    const connection = await owner.connectDemoBank()
    const [sync] = await owner.settled({ connection_id: connection })
    const [account] = await owner.accounts()
    const id = account?.id ?? ''
    const [row] = await owner.transactions({ account_id: id })
    const rebuild = await owner.expect<Rest.Rebuild>(202, 'POST', '/analytics/rebuild', {})
    await owner.expect(201, 'POST', '/queries', { name: 'Rows', sql: 'select count(*) from fct_transactions' })
    const exported = await owner.expect<Rest.DataExport>(202, 'POST', '/exports', {})
    await owner.call('PUT', '/preferences/graphql', { value: { theme: ['dark'] } })
    await eventually(async () => (await owner.get<Rest.Rebuild>(`/analytics/rebuilds/${rebuild.id}`)).finished_at)
    await eventually(async () => (await owner.get<Rest.DataExport>(`/exports/${exported.id}`)).ready_at)
    given = {
      connection: { params: { id: connection } },
      sync: { params: { id: sync?.id ?? '' } },
      account: { params: { id } },
      accountBalances: { params: { id } },
      accountProof: { params: { id } },
      explainTransaction: { params: { id: row?.id ?? '' } },
      getRebuild: { params: { id: rebuild.id } },
      dataExport: { params: { id: exported.id } },
      preference: { params: { key: 'graphql' } },
      transactions: { query: { account_id: id, direction: 'out', limit: 50 } },
      spending: { query: { group_by: 'month,category' } },
    }
  }, 180_000)
  afterAll(() => system.end(), 60_000)

  async function graphql(client: Client, query: string, variables: object = {}): Promise<Rest.GraphqlAnswer> {
    return await client.expect<Rest.GraphqlAnswer>(200, 'POST', '/graphql', { query, variables })
  }

  it.each(reads)(
    '%s answers what REST answers',
    async (name) => {
      const route = routes[name] as Rest.Route
      const schema = route.answers[200] as TSchema
      const { params = {}, query = {} } = given[name] ?? {}
      const path = route.path.replaceAll(/\{(\w+)\}/g, (_, key: string) => params[key] ?? '')
      const search = new URLSearchParams(Object.entries(query).map(([key, value]) => [key, String(value)]))
      // What the system tells of itself may move between the two answers.
      await eventually(async () => {
        const rest = await owner.get<Json>(`${path}?${search}`)
        const { limit: _, direction, ...more } = query
        const first = Array.isArray(rest['items']) ? { first: Math.max(1, rest['items'].length) } : {}
        const args = Object.entries({ ...params, ...more, ...first }).map(([key, value]) => `${key}: ${literal(value)}`)
        if (direction !== undefined) args.push(`direction: ${direction}`)
        const field = `${name}${args.length > 0 ? `(${args.join(', ')})` : ''}`
        const { data, errors } = await graphql(owner, `{ ${selection(schema, field)} }`)
        expect(errors).toBeUndefined()
        expect(data?.[name]).toEqual(expected(schema, rest))
        return true
      })
    },
    60_000,
  )

  it('answers nothing of another user, as REST', async () => {
    for (const [name, field] of Object.entries({
      account: 'id',
      connection: 'id',
      sync: 'id',
      explainTransaction: 'account_id',
      getRebuild: 'id',
      dataExport: 'id',
    })) {
      const { params } = given[name as Name] ?? {}
      const path = routes[name]?.path.replace('{id}', params?.['id'] ?? '') ?? ''
      const rest = await other.call<Rest.Problem>('GET', path)
      const { data, errors } = await graphql(other, `query ($id: ID!) { ${name}(id: $id) { ${field} } }`, params)
      expect(data).toEqual({ [name]: null })
      expect(errors?.[0]?.extensions).toMatchObject({ code: rest.body.code, status: 404 })
      expect(rest.status).toBe(404)
    }
    const { data } = await graphql(
      other,
      '{ transactions { nodes { id } } accounts { nodes { id } } connections { nodes { id } } }',
    )
    expect(data).toEqual({ transactions: { nodes: [] }, accounts: { nodes: [] }, connections: { nodes: [] } })
  })

  const page = readFileSync(join(root, 'docs/api/graphql.md'), 'utf8')
  const examples = [...page.matchAll(/```graphql\n(.*?)```/gs)].map(([, text = '']) => text)

  it.each(examples.filter((text) => text.startsWith('query')).map((text) => [/query (\w+)/.exec(text)?.[1], text]))(
    'the example %s of its page is answered, whole',
    async (_name, text = '') => {
      const { data, errors } = await graphql(owner, text)
      expect(errors).toBeUndefined()
      expect(Object.values(data ?? {}).filter((value) => value === null)).toEqual([])
    },
  )
})
