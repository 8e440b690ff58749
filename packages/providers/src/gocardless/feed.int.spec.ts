import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type KeptTokens, openGoCardless } from './index.ts'

/**
 * The documented bodies of the API over real HTTP: what a call sends, and how answers of every kind are taken.
 * Each spec says how the server answers; calls are recorded.
 */
type Handler = (
  request: { method: string; path: string; token: string; body: unknown },
  response: ServerResponse,
) => unknown

let server: Server
let baseUrl: string
let handle: Handler
let calls: string[]
beforeAll(async () => {
  server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await once(server, 'close')
})
beforeEach(() => {
  calls = []
})

async function answer(request: IncomingMessage, response: ServerResponse) {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const text = Buffer.concat(chunks).toString()
  const path = request.url ?? ''
  calls.push(`${request.method} ${path}`)
  const body = text === '' ? undefined : (JSON.parse(text) as unknown)
  if (path === '/api/v2/token/new/') return json(response, 200, tokenPair(calls.length))
  if (path === '/api/v2/token/refresh/')
    return json(response, 200, { access: `a${calls.length}`, access_expires: 86_400 })
  const token = (request.headers.authorization ?? '').replace('Bearer ', '')
  const given = handle({ method: request.method ?? '', path, token, body }, response)
  if (given !== undefined) json(response, 200, given)
}

const tokenPair = (n: number) => ({
  access: `a${n}`,
  access_expires: 86_400,
  refresh: `r${n}`,
  refresh_expires: 2_592_000,
})

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}

const wall = new Date('2025-03-14T09:00:00.000Z')

function open(over: { believeDate?: boolean; dataTimeoutMs?: number; maxBytes?: number; baseUrl?: string } = {}) {
  let kept: KeptTokens | undefined
  const { believeDate = false, baseUrl: url = baseUrl, ...limits } = over
  const tokens = {
    read: async () => kept,
    write: async (tokens: KeptTokens) => {
      kept = tokens
    },
    exclusively: <T>(work: () => Promise<T>) => work(),
  }
  const secrets = { secretId: 'id', secretKey: 'key' }
  return openGoCardless({
    id: 'bank',
    baseUrl: url,
    ...secrets,
    believeDate,
    clock: { now: () => wall },
    tokens,
    limits,
  })
}

const failed = { name: 'ProviderError' }

describe('reading an account', () => {
  const transactions = { transactions: { booked: [], pending: [] }, last_updated: '2025-03-14T06:15:09.412Z' }

  it('gives the bytes as they came, with times and what is left of the quota', async () => {
    handle = (_, response) =>
      json(response, 200, transactions, {
        http_x_ratelimit_account_success_limit: '4',
        http_x_ratelimit_account_success_remaining: '3',
        http_x_ratelimit_account_success_reset: '86400',
      })
    const fetched = await open().transactions('acc 1', { dateFrom: '2025-02-28' })
    expect(Buffer.from(fetched.body).toString()).toBe(JSON.stringify(transactions))
    expect(fetched).toMatchObject({
      contentType: 'application/json',
      fetchedAt: '2025-03-14T09:00:00.000Z',
      bankNow: '2025-03-14T09:00:00.000Z',
      quota: { limit: 4, remaining: 3, resetsAt: '2025-03-15T09:00:00.000Z' },
    })
    expect(calls).toEqual([
      'POST /api/v2/token/new/',
      'GET /api/v2/accounts/acc%201/transactions/?date_from=2025-02-28',
    ])
  })

  it('asks for balances and details of their own', async () => {
    handle = () => ({ balances: [] })
    const feed = open()
    expect((await feed.balances('a')).quota).toBeUndefined()
    await feed.details('a')
    expect(calls.slice(1)).toEqual(['GET /api/v2/accounts/a/balances/', 'GET /api/v2/accounts/a/details/'])
  })

  it('gives the account’s state and its raw metadata', async () => {
    const body = { id: 'a', status: 'READY', institution_id: 'X', iban: 'GB1', owner_name: '', name: null }
    handle = () => body
    const account = await open().account('a')
    expect({ ...account, raw: undefined }).toEqual({ status: 'ready', institutionId: 'X', iban: 'GB1', raw: undefined })
    expect(JSON.parse(Buffer.from(account.raw).toString())).toEqual(body)
  })
})

describe('a token', () => {
  const invalid = { summary: 'Invalid token', detail: 'Token is invalid or expired', status_code: 401 }

  it('that is not taken is renewed once and the call repeated once', async () => {
    handle = ({ token }, response) => (token === 'a1' ? json(response, 401, invalid) : { balances: [] })
    await open().balances('a')
    expect(calls.map((call) => call.split('/api/v2')[1])).toEqual([
      '/token/new/',
      '/accounts/a/balances/',
      '/token/refresh/',
      '/accounts/a/balances/',
    ])
  })

  it('that is refused twice is the operator’s matter', async () => {
    handle = (_, response) => json(response, 401, invalid)
    const expected = {
      ...failed,
      code: 'credentials_refused',
      action: 'stop_and_tell_operator',
      status: 401,
      spent: false,
    }
    await expect(open().balances('a')).rejects.toMatchObject(expected)
    expect(calls).toHaveLength(4)
  })

  it('is not renewed because a consent has expired', async () => {
    handle = (_, response) =>
      json(response, 401, { summary: 'End User Agreement (EUA) 1 has expired', status_code: 401 })
    await expect(open().balances('a')).rejects.toMatchObject({ code: 'consent_expired', action: 'reauthorise' })
    expect(calls).toHaveLength(2)
  })
})

describe('an answer that is no answer', () => {
  const html = '<html><body>502 Bad Gateway</body></html>'

  it.each([
    ['a page instead of JSON', 200, html, { code: 'bad_answer', action: 'retry_later', spent: 'unknown' }],
    ['a page of the edge', 502, html, { code: 'provider_unavailable', action: 'retry_later', spent: 'unknown' }],
    ['JSON cut short', 200, '{"transactions":{"booked":[{"a":', { code: 'bad_answer', spent: 'unknown' }],
    ['nothing', 200, '', { code: 'bad_answer', spent: 'unknown' }],
  ])('is %s', async (_, status, text, expected) => {
    handle = (_request, response) => void response.writeHead(status, { 'content-type': 'text/html' }).end(text)
    await expect(open().transactions('a', { dateFrom: '2025-03-01' })).rejects.toMatchObject({ ...failed, ...expected })
  })

  it('comes too late', async () => {
    handle = (_, response) => void response.writeHead(200).write('{')
    const expected = { code: 'timed_out', action: 'retry_later', spent: 'unknown' }
    await expect(open({ dataTimeoutMs: 100 }).balances('a')).rejects.toMatchObject(expected)
  })

  it('breaks off', async () => {
    handle = (_, response) => void response.writeHead(200).write('{', () => response.destroy())
    await expect(open().balances('a')).rejects.toMatchObject({
      code: 'unreachable',
      action: 'retry_later',
      spent: 'unknown',
    })
  })

  it('is larger than may be held', async () => {
    handle = () => ({ balances: 'x'.repeat(5_000) })
    await expect(open({ maxBytes: 1_000 }).balances('a')).rejects.toMatchObject({
      code: 'answer_too_large',
      spent: true,
    })
  })

  it('redirects, which is never followed with a token', async () => {
    handle = (_, response) => void response.writeHead(302, { location: '/elsewhere' }).end()
    await expect(open().balances('a')).rejects.toMatchObject({ code: 'bad_answer', status: 302 })
    expect(calls).toHaveLength(2)
  })

  it('never comes from a closed port, and nothing is spent', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    await once(closed, 'close')
    const feed = open({ baseUrl: `http://127.0.0.1:${port}` })
    await expect(feed.balances('a')).rejects.toMatchObject({ code: 'unreachable', action: 'retry_later', spent: false })
  })

  it('tells when to come again', async () => {
    const detail = 'The rate limit for this resource is 4/day. Please try again in 85092 seconds'
    handle = (_, response) => json(response, 429, { summary: 'Rate limit exceeded', detail, status_code: 429 })
    const expected = { code: 'rate_limited', action: 'wait_until_reset', retryAfterSeconds: 85_092, spent: false }
    await expect(open().balances('a')).rejects.toMatchObject(expected)
  })

  it('says nothing of tokens, bodies or accounts in its message', async () => {
    handle = (_, response) =>
      json(response, 404, { summary: 'Account ID 0b5f2d60-7a0d-4f39-8a5a-1d8f6e1f0a01 not found' })
    const error = await open()
      .balances('secret-account')
      .catch((thrown: unknown) => thrown)
    expect(String(error)).toBe(
      'ProviderError: not_found: the bank data provider gave HTTP 404 (Account ID {id} not found); to do: not_found',
    )
  })
})

describe('a link', () => {
  const agreement = { id: 'eua', max_historical_days: 730, access_valid_for_days: 180, accepted: null }
  const requisition = {
    ...{
      id: 'req',
      status: 'CR',
      link: 'https://bank.example/start',
      agreement: 'eua',
      reference: 'ref-1',
      accounts: [],
    },
  }
  const wanted = {
    institutionId: 'X',
    redirect: 'https://app.example/return',
    reference: 'ref-1',
    historyDays: 730,
    consentDays: 180,
  }

  const bank = {
    ...{ id: 'X', name: 'Bank', countries: ['GB'], transaction_total_days: '730', max_access_valid_for_days: '180' },
  }
  const isInstitution = (path: string) => path.includes('/institutions/')

  it('asks for what the bank allows', async () => {
    const bodies: unknown[] = []
    handle = ({ path, body }, response) => {
      if (isInstitution(path)) return bank
      bodies.push(body)
      return json(response, 201, path.includes('/agreements/') ? agreement : requisition)
    }
    expect(await open().createLink({ ...wanted, language: 'EN' })).toEqual({
      ...{
        requisitionId: 'req',
        agreementId: 'eua',
        link: 'https://bank.example/start',
        historyDays: 730,
        consentDays: 180,
      },
    })
    expect(bodies).toEqual([
      {
        ...{ institution_id: 'X', max_historical_days: 730, access_valid_for_days: 180 },
        access_scope: ['balances', 'details', 'transactions'],
      },
      { institution_id: 'X', redirect: wanted.redirect, agreement: 'eua', reference: 'ref-1', user_language: 'EN' },
    ])
  })

  it('steps down to 90 days where the bank refuses more', async () => {
    handle = ({ path, body }, response) => {
      if (isInstitution(path)) return bank
      if (!path.includes('/agreements/')) return json(response, 201, requisition)
      const { access_valid_for_days: days, max_historical_days: history } = body as typeof agreement
      const refusal = {
        access_valid_for_days: [{ summary: 'Incorrect access_valid_for_days', detail: 'x' }],
        status_code: 400,
      }
      if (days > 90) return json(response, 400, refusal)
      return json(response, 201, { ...agreement, max_historical_days: history, access_valid_for_days: days })
    }
    expect(await open().createLink(wanted)).toMatchObject({ historyDays: 90, consentDays: 90 })
  })

  it('does not step down for a bank that is not known', async () => {
    handle = ({ path }, response) =>
      isInstitution(path)
        ? bank
        : json(response, 400, { institution_id: { summary: 'Unknown Institution ID X' }, status_code: 400 })
    await expect(open().createLink(wanted)).rejects.toMatchObject({ code: 'bad_request', fields: ['institution_id'] })
    expect(calls).toHaveLength(3)
  })

  it('is read with the span of its consent', async () => {
    handle = ({ path }) =>
      path.includes('/agreements/')
        ? { ...agreement, access_valid_for_days: 90, accepted: '2025-03-14 09:00:00.123456+00:00' }
        : { ...requisition, status: 'LN', accounts: ['a1', 'a2'] }
    expect(await open().readLink('req')).toEqual({
      ...{ status: 'linked', accounts: ['a1', 'a2'], reference: 'ref-1' },
      ...{ grantedAt: '2025-03-14T09:00:00.123Z', expiresAt: '2025-06-12T09:00:00.123Z' },
    })
  })

  it('that is not granted yet has no span', async () => {
    handle = () => ({ ...requisition, status: 'UA' })
    expect(await open().readLink('req')).toEqual({ status: 'in_progress', accounts: [], reference: 'ref-1' })
  })

  it('is revoked, also where it is gone already', async () => {
    handle = () => ({ summary: 'Requisition deleted', detail: 'x' })
    await open().revokeLink('req')
    expect(calls.at(-1)).toBe('DELETE /api/v2/requisitions/req/')
    handle = (_, response) => json(response, 404, { summary: 'Not found.', detail: 'Not found.', status_code: 404 })
    await open().revokeLink('req')
  })
})

describe('institutions', () => {
  const bank = { id: 'X', name: 'Bank', bic: '', countries: ['GB'], logo: 'https://x', transaction_total_days: '730' }

  it('come with numbers of days, 90 where the bank names none', async () => {
    handle = () => [bank]
    expect(await open().institutions('GB')).toEqual([
      {
        ...{ id: 'X', provider: 'bank', name: 'Bank', bic: '', countries: ['GB'], logo: 'https://x' },
        ...{ maxHistoryDays: 730, maxConsentDays: 90 },
      },
    ])
    expect(calls.at(-1)).toBe('GET /api/v2/institutions/?country=GB')
  })

  it('tell their features one by one', async () => {
    handle = () => ({ ...bank, supported_features: ['pending_transactions'] })
    expect((await open().institution('X')).features).toEqual(['pending_transactions'])
  })

  it('of another shape are no answer', async () => {
    handle = () => [{ id: 5 }]
    await expect(open().institutions('GB')).rejects.toMatchObject({ code: 'bad_answer' })
  })
})

describe('the provider’s clock', () => {
  const ahead = (_: unknown, response: ServerResponse) =>
    json(response, 404, { summary: 'Not found.' }, { date: 'Sat, 14 Jun 2025 09:00:00 GMT' })

  it('is the wall clock, moved by the Date of the sandbox', async () => {
    handle = ahead
    expect(await open({ believeDate: true }).now()).toBe('2025-06-14T09:00:00.000Z')
  })

  it('is the wall clock, whatever another provider says', async () => {
    handle = ahead
    expect(await open().now()).toBe('2025-03-14T09:00:00.000Z')
    expect(calls).toEqual([])
  })

  it('does not tremble by the second that Date leaves out', async () => {
    handle = (_, response) => json(response, 404, {}, { date: 'Fri, 14 Mar 2025 08:59:59 GMT' })
    expect(await open({ believeDate: true }).now()).toBe('2025-03-14T09:00:00.000Z')
  })
})
