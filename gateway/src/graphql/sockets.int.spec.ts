import { eventually } from '@pf/eventing/testing'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { behaviour, runGateway, sam } from '../testing/running-gateway.ts'
import { standInAnalytics, standInSync } from '../testing/stand-in-money.ts'

const publicUrl = 'http://localhost:3000'
let running: Awaited<ReturnType<typeof runGateway>>
let address: string
beforeAll(async () => {
  running = await runGateway(publicUrl, {
    config: { analyticsShards: 1 },
    bounds: { streamsPerUser: 2 },
    more: standInAnalytics(),
  })
  address = `${running.apiUrl.replace('http', 'ws')}/graphql`
}, 30_000)
afterAll(() => running.stop())
beforeEach(() => {
  Object.assign(behaviour, { asked: [], behind: undefined, endedSessions: [], trouble: undefined })
  Object.assign(standInSync, { status: 'fetching', added: 0 })
})

let written = 0
/** As a service writes it: what a notice is made of. */
const append = (context: 'analytics' | 'extraction', aggregate: string, space = sam.spaceId) =>
  running.platform.eventLog.append({
    subject: `evt.${context}.${aggregate}.${space}.x-${++written}`,
    expectedSeq: 0,
    messageId: `m-${written}`,
    headers: {},
    body: new Uint8Array(),
  })

class OwnSocket extends WebSocket {
  constructor(url: string, protocols: string | string[]) {
    super(url, protocols, { origin: publicUrl })
  }
}
const opened: { dispose(): unknown }[] = []
afterEach(() => {
  for (const client of opened.splice(0)) client.dispose()
})

type Heard = { events: unknown[]; closed: Promise<number> }
/** Subscribes as Sam, and tells what came. */
async function hear(
  query: string,
  { token = running.token(), variables = {} as Record<string, unknown> } = {},
): Promise<Heard> {
  const closed = Promise.withResolvers<number>()
  const events: unknown[] = []
  const client = createClient({
    url: address,
    webSocketImpl: OwnSocket,
    connectionParams: async () => ({ token: await token }),
    retryAttempts: 0,
    on: { closed: (event) => closed.resolve((event as { code: number }).code) },
  })
  opened.push(client)
  client.subscribe(
    { query, variables },
    {
      next: (event) => events.push(event),
      error: (error) => events.push({ refused: error }),
      complete: () => undefined,
    },
  )
  return { events, closed: closed.promise }
}

describe('a subscription', () => {
  it('tells that rows are new, with the rows that were asked for', async () => {
    const { events } = await hear(
      'subscription { transactionsChanged { log_position transactions(first: 1) { nodes { id account { name } } } } }',
    )
    // Until it listens there is nobody to tell.
    await eventually(async () => {
      await append('analytics', 'mart')
      expect(events.length).toBeGreaterThan(0)
    })
    expect(events[0]).toMatchObject({
      data: {
        transactionsChanged: {
          log_position: expect.any(String),
          transactions: { nodes: [{ id: 't-130', account: { name: 'Account a-1' } }] },
        },
      },
    })
    for (const { principal } of behaviour.asked) expect(principal).toMatchObject(sam)
  })

  it('tells nobody of another’s rows', async () => {
    const { events } = await hear('subscription { syncProgress { id added } }')
    await eventually(async () => expect(events).toHaveLength(1))
    const reads = behaviour.asked.length
    standInSync.added = 9
    await append('extraction', 'feed', 'another-space')
    standInSync.added = 10
    await append('extraction', 'feed')
    await eventually(async () => expect(events).toHaveLength(2))
    expect(behaviour.asked.length).toBe(reads + 1)
  })

  it('tells the syncs under way first, then what moved on, and a burst of notices once', async () => {
    const { events } = await hear('subscription { syncProgress { id status added } }')
    await eventually(async () => expect(events).toHaveLength(1))
    Object.assign(standInSync, { status: 'completed', added: 7 })
    for (let n = 0; n < 20; n++) await append('extraction', 'feed')
    await eventually(async () => expect(events).toHaveLength(2))
    expect(events).toEqual([
      expect.objectContaining({ data: { syncProgress: { id: 's-1', status: 'fetching', added: 0 } } }),
      expect.objectContaining({ data: { syncProgress: { id: 's-1', status: 'completed', added: 7 } } }),
    ])
    expect(behaviour.asked.filter(({ operation }) => operation === 'extraction.syncs').length).toBeLessThan(8)
  })

  it('reads on after a read that failed', async () => {
    behaviour.trouble = new Error('not now')
    const { events } = await hear('subscription { syncProgress { id } }')
    await eventually(async () => expect(behaviour.asked.length).toBeGreaterThan(0))
    behaviour.trouble = undefined
    await eventually(async () => expect(events).toHaveLength(1))
  })

  it('leaves nothing behind when its client goes', async () => {
    // Two may listen at a time.
    for (let n = 0; n < 5; n++) {
      behaviour.asked.length = 0
      const { events } = await hear('subscription { syncProgress { id } }')
      await eventually(async () =>
        expect(events).toEqual([expect.objectContaining({ data: { syncProgress: { id: 's-1' } } })]),
      )
      for (const client of opened.splice(0)) await client.dispose()
    }
  })

  it('is refused where as many listen as may', async () => {
    const heard = [
      await hear('subscription { syncProgress { id } }'),
      await hear('subscription { syncProgress { id } }'),
    ]
    for (const { events } of heard) await eventually(async () => expect(events).toHaveLength(1))
    const { events } = await hear('subscription { syncProgress { id } }')
    await eventually(async () => expect(JSON.stringify(events)).toContain('too_many_requests'))
  })

  it('ends with its session, within a second', async () => {
    const { closed } = await hear('subscription { syncProgress { id } }', { token: running.token({ sid: 'x-ended' }) })
    await eventually(async () => expect(behaviour.asked.length).toBeGreaterThan(0))
    behaviour.endedSessions.push('x-ended')
    expect(await closed).toBe(4403)
  })

  it('ends with its token', async () => {
    // The clock may differ by 30 s: this one ends in two seconds, for all that.
    const exp = Math.floor(Date.now() / 1000) + 2
    const { closed } = await hear('subscription { syncProgress { id } }', { token: running.token({ exp }) })
    expect(await closed).toBe(4403)
  })

  it.each([
    ['a query', '{ me { id } }', 'invalid_input'],
    ['what is not there', 'subscription { everything { id } }', 'invalid_input'],
    [
      'too much',
      'subscription { transactionsChanged { accounts(first: 200) { nodes { transactions(first: 200) { nodes { id } } } } } }',
      'query_too_costly',
    ],
  ])('refuses %s', async (_what, query, code) => {
    const { events } = await hear(query)
    await eventually(async () => expect(events).toHaveLength(1))
    expect(events).toEqual([{ refused: [expect.objectContaining({ extensions: expect.objectContaining({ code }) })] }])
  })
})

describe('a socket', () => {
  /** The status with which it is refused, or the code with which it is closed. */
  const tried = (url: string, origin: string | undefined, protocol = 'graphql-transport-ws', first?: object) =>
    new Promise<number>((resolve) => {
      const socket = new WebSocket(url, protocol, origin === undefined ? {} : { origin })
      socket.on('unexpected-response', (_request, { statusCode = 0 }) => resolve(statusCode))
      socket.on('close', (code) => resolve(code))
      socket.on('error', () => undefined)
      socket.on('open', () => socket.send(JSON.stringify(first ?? { type: 'connection_init', payload: {} })))
    })

  it.each([
    ['without Origin', undefined, '', 403],
    ['of another site', 'https://elsewhere.test', '', 403],
    ['of a frame without an origin', 'null', '', 403],
    ['with a token in its address', publicUrl, '?token=abc', 400],
    ['at another address', publicUrl, '/else', 404],
  ])('%s is refused', async (_what, origin, behind, status) => {
    expect(await tried(`${address}${behind}`, origin)).toBe(status)
  })

  it('of another protocol is refused', async () => {
    expect(await tried(address, publicUrl, 'graphql-ws')).toBe(400)
  })

  it('of the host that was asked is ours, at either listener', async () => {
    expect(await tried(address, running.apiUrl)).toBe(4403)
    expect(await tried(`${running.webUrl.replace('http', 'ws')}/api/graphql`, running.webUrl)).toBe(4403)
  })

  it.each([
    ['no token', {}],
    ['a bad token', { token: 'a.b.c' }],
    ['a token of another shape', { token: { $ne: null } }],
  ])('with %s is closed', async (_what, payload) => {
    expect(await tried(address, publicUrl, undefined, { type: 'connection_init', payload })).toBe(4403)
  })

  it('that subscribes before it has said who it is, is closed', async () => {
    const first = { type: 'subscribe', id: '1', payload: { query: 'subscription { syncProgress { id } }' } }
    expect(await tried(address, publicUrl, undefined, first)).toBe(4401)
  })

  it('that sends no message of the protocol, or one too long, is closed', async () => {
    expect(await tried(address, publicUrl, undefined, { type: 'x' })).toBe(4400)
    expect(
      await tried(address, publicUrl, undefined, { type: 'connection_init', payload: { token: 'x'.repeat(70_000) } }),
    ).toBe(1009)
  })
})
