import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type GoCardlessWire, startGoCardlessWire } from '../testing/gocardless-wire.ts'
import { json } from '../testing/wire-server.ts'

/** The documented bodies of the API over real HTTP: what a call sends, and how answers of every kind are taken. */
let wire: GoCardlessWire
beforeAll(async () => {
  wire = await startGoCardlessWire()
})
afterAll(() => wire.close())
beforeEach(() => {
  wire.calls.length = 0
})

const failed = { name: 'ProviderError' }

describe('reading an account', () => {
  const transactions = { transactions: { booked: [], pending: [] }, last_updated: '2025-03-14T06:15:09.412Z' }

  it('gives the bytes as they came, with times and what is left of the quota', async () => {
    wire.handle = (_, response) =>
      json(response, 200, transactions, {
        http_x_ratelimit_account_success_limit: '4',
        http_x_ratelimit_account_success_remaining: '3',
        http_x_ratelimit_account_success_reset: '86400',
      })
    const fetched = await wire.open().transactions('acc 1', { dateFrom: '2025-02-28' })
    expect(Buffer.from(fetched.body).toString()).toBe(JSON.stringify(transactions))
    expect(fetched).toMatchObject({
      contentType: 'application/json',
      fetchedAt: '2025-03-14T09:00:00.000Z',
      bankNow: '2025-03-14T09:00:00.000Z',
      quota: { limit: 4, remaining: 3, resetsAt: '2025-03-15T09:00:00.000Z' },
    })
    expect(wire.calls).toEqual([
      'POST /api/v2/token/new/',
      'GET /api/v2/accounts/acc%201/transactions/?date_from=2025-02-28',
    ])
  })

  it('tells what is left of all calls together', async () => {
    wire.handle = (_, response) =>
      json(response, 200, transactions, {
        ...{ 'X-RateLimit-Limit': '100', 'X-RateLimit-Remaining': '7', 'X-RateLimit-Reset': '59' },
      })
    expect(await wire.open().transactions('a', { dateFrom: '2025-02-28' })).toMatchObject({
      quota: undefined,
      pace: { limit: 100, remaining: 7, resetsAt: '2025-03-14T09:00:59.000Z' },
    })
  })

  it('asks for balances and details of their own', async () => {
    wire.handle = () => ({ balances: [] })
    const feed = wire.open()
    expect((await feed.balances('a')).quota).toBeUndefined()
    await feed.details('a')
    expect(wire.calls.slice(1)).toEqual(['GET /api/v2/accounts/a/balances/', 'GET /api/v2/accounts/a/details/'])
  })

  it('gives the account’s state and its raw metadata', async () => {
    const body = { id: 'a', status: 'READY', institution_id: 'X', iban: 'GB1', owner_name: '', name: null }
    wire.handle = () => body
    const account = await wire.open().account('a')
    expect({ ...account, raw: undefined }).toEqual({ status: 'ready', institutionId: 'X', iban: 'GB1', raw: undefined })
    expect(JSON.parse(Buffer.from(account.raw).toString())).toEqual(body)
  })
})

describe('a token', () => {
  const invalid = { summary: 'Invalid token', detail: 'Token is invalid or expired', status_code: 401 }

  it('that is not taken is renewed once and the call repeated once', async () => {
    wire.handle = ({ token }, response) => (token === 'a1' ? json(response, 401, invalid) : { balances: [] })
    await wire.open().balances('a')
    expect(wire.calls.map((call) => call.split('/api/v2')[1])).toEqual([
      '/token/new/',
      '/accounts/a/balances/',
      '/token/refresh/',
      '/accounts/a/balances/',
    ])
  })

  it('that is refused twice is the operator’s matter', async () => {
    wire.handle = (_, response) => json(response, 401, invalid)
    const expected = {
      ...failed,
      code: 'credentials_refused',
      action: 'stop_and_tell_operator',
      status: 401,
      spent: false,
    }
    await expect(wire.open().balances('a')).rejects.toMatchObject(expected)
    expect(wire.calls).toHaveLength(4)
  })

  it('is not renewed because a consent has expired', async () => {
    wire.handle = (_, response) =>
      json(response, 401, { summary: 'End User Agreement (EUA) 1 has expired', status_code: 401 })
    await expect(wire.open().balances('a')).rejects.toMatchObject({ code: 'consent_expired', action: 'reauthorise' })
    expect(wire.calls).toHaveLength(2)
  })
})

describe('an answer that is no answer', () => {
  const html = '<html><body>502 Bad Gateway</body></html>'

  it.each([
    ['a page instead of JSON', 200, html, { code: 'bad_answer', action: 'retry_later', spent: 'unknown' }],
    ['a page of the edge', 502, html, { code: 'provider_unavailable', action: 'retry_later', spent: 'unknown' }],
    ['JSON of another content type', 200, '{"transactions":{"booked":[]}}', { code: 'bad_answer', spent: 'unknown' }],
    ['JSON cut short', 200, '{"transactions":{"booked":[{"a":', { code: 'bad_answer', spent: 'unknown' }],
    ['nothing', 200, '', { code: 'bad_answer', spent: 'unknown' }],
  ])('is %s', async (_, status, text, expected) => {
    const type = text.startsWith('<') || text.endsWith(']}}') ? 'text/html' : 'application/json; charset=utf-8'
    wire.handle = (_request, response) => void response.writeHead(status, { 'content-type': type }).end(text)
    await expect(wire.open().transactions('a', { dateFrom: '2025-03-01' })).rejects.toMatchObject({
      ...failed,
      ...expected,
    })
  })

  it('is kept for whoever can read it where it is cut short within', async () => {
    const text = '{"transactions":{"booked":[{"a":"b"}'
    wire.handle = (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(text)
    const { body } = await wire.open().transactions('a', { dateFrom: '2025-03-01' })
    expect(Buffer.from(body).toString()).toBe(text)
    await expect(wire.open().institutions('GB')).rejects.toMatchObject({ code: 'bad_answer', spent: false })
  })

  it('comes too late', async () => {
    wire.handle = (_, response) => void response.writeHead(200).write('{')
    const expected = { code: 'timed_out', action: 'retry_later', spent: 'unknown' }
    await expect(wire.open({ dataTimeoutMs: 100 }).balances('a')).rejects.toMatchObject(expected)
  })

  it('breaks off', async () => {
    wire.handle = (_, response) => void response.writeHead(200).write('{', () => response.destroy())
    await expect(wire.open().balances('a')).rejects.toMatchObject({
      code: 'unreachable',
      action: 'retry_later',
      spent: 'unknown',
    })
  })

  it('is larger than may be held', async () => {
    wire.handle = () => ({ balances: 'x'.repeat(5_000) })
    await expect(wire.open({ maxBytes: 1_000 }).balances('a')).rejects.toMatchObject({
      code: 'answer_too_large',
      spent: true,
    })
  })

  it('redirects, which is never followed with a token', async () => {
    wire.handle = (_, response) => void response.writeHead(302, { location: '/elsewhere' }).end()
    await expect(wire.open().balances('a')).rejects.toMatchObject({ code: 'bad_answer', status: 302 })
    expect(wire.calls).toHaveLength(2)
  })

  it('never comes from a closed port, and nothing is spent', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    await once(closed, 'close')
    const feed = wire.open({ baseUrl: `http://127.0.0.1:${port}` })
    await expect(feed.balances('a')).rejects.toMatchObject({ code: 'unreachable', action: 'retry_later', spent: false })
  })

  it('tells when to come again', async () => {
    const detail = 'The rate limit for this resource is 4/day. Please try again in 85092 seconds'
    wire.handle = (_, response) => json(response, 429, { summary: 'Rate limit exceeded', detail, status_code: 429 })
    const expected = { code: 'rate_limited', action: 'wait_until_reset', retryAfterSeconds: 85_092, spent: false }
    await expect(wire.open().balances('a')).rejects.toMatchObject(expected)
  })

  it('says nothing of tokens, bodies or accounts in its message', async () => {
    wire.handle = (_, response) =>
      json(response, 404, { summary: 'Account ID 0b5f2d60-7a0d-4f39-8a5a-1d8f6e1f0a01 not found' })
    const error = await wire
      .open()
      .balances('secret-account')
      .catch((thrown: unknown) => thrown)
    expect(String(error)).toBe(
      'ProviderError: not_found: the bank data provider gave HTTP 404 (Account ID {id} not found); to do: not_found',
    )
  })
})

describe('institutions', () => {
  const bank = { id: 'X', name: 'Bank', bic: '', countries: ['GB'], logo: 'https://x', transaction_total_days: '730' }

  it('with confirmations tell how long a consent may be with them', async () => {
    wire.handle = () => ({ ...bank, max_access_valid_for_days: '90', max_access_valid_for_days_reconfirmation: '730' })
    expect(await wire.open().institution('X')).toMatchObject({ maxConsentDays: 90, maxConsentDaysReconfirmed: 730 })
  })

  it('come with numbers of days, 90 where the bank names none', async () => {
    wire.handle = () => [bank]
    expect(await wire.open().institutions('GB')).toEqual([
      {
        ...{ id: 'X', provider: 'bank', name: 'Bank', bic: '', countries: ['GB'], logo: 'https://x' },
        ...{ maxHistoryDays: 730, maxConsentDays: 90 },
      },
    ])
    expect(wire.calls.at(-1)).toBe('GET /api/v2/institutions/?country=GB')
  })

  it('tell their features one by one', async () => {
    wire.handle = () => ({ ...bank, supported_features: ['pending_transactions'] })
    expect((await wire.open().institution('X')).features).toEqual(['pending_transactions'])
  })

  it('are asked for once in 24 hours, and again at once where the answer was a failure', async () => {
    let now = new Date('2025-03-14T09:00:00.000Z')
    const feed = wire.open({ now: () => now })
    const asked = () => wire.calls.filter((call) => call.includes('/institutions/')).length
    wire.handle = (_, response) => json(response, 503, { summary: 'x' })
    await expect(feed.institutions('GB')).rejects.toMatchObject({ code: 'provider_unavailable' })
    wire.handle = ({ path }) => (path.includes('?country') ? [bank] : bank)
    await Promise.all([feed.institutions('GB'), feed.institutions('gb'), feed.institution('X'), feed.institution('X')])
    expect(asked()).toBe(3)
    now = new Date(now.getTime() + 24 * 3_600_000 + 1)
    await feed.institutions('GB')
    await feed.institution('X')
    expect(asked()).toBe(5)
  })

  it('of another shape are no answer', async () => {
    wire.handle = () => [{ id: 5 }]
    await expect(wire.open().institutions('GB')).rejects.toMatchObject({ code: 'bad_answer' })
  })
})

describe('the provider’s clock', () => {
  const ahead = (_: unknown, response: ServerResponse) =>
    json(response, 404, { summary: 'Not found.' }, { date: 'Sat, 14 Jun 2025 09:00:00 GMT' })

  it('is the wall clock, moved by the Date of the sandbox', async () => {
    wire.handle = ahead
    expect(await wire.open({ believeDate: true }).now()).toBe('2025-06-14T09:00:00.000Z')
  })

  it('is the wall clock, whatever another provider says', async () => {
    wire.handle = ahead
    expect(await wire.open().now()).toBe('2025-03-14T09:00:00.000Z')
    expect(wire.calls).toEqual([])
  })

  it('does not tremble by the second that Date leaves out', async () => {
    wire.handle = (_, response) => json(response, 404, {}, { date: 'Fri, 14 Mar 2025 08:59:59 GMT' })
    expect(await wire.open({ believeDate: true }).now()).toBe('2025-03-14T09:00:00.000Z')
  })
})

describe('the set-up', () => {
  it('is right where the secrets give a token and banks come with it', async () => {
    wire.handle = () => [{ id: 'X', name: 'Bank', countries: ['GB'] }]
    expect(await wire.open().check({ redirect: 'https://app', countries: ['gb', 'de'] })).toEqual([
      { ok: true, what: 'keys', detail: 'GoCardless takes the secret pair.' },
      { ok: true, what: 'banks in GB', detail: '1 banks are offered there.' },
      { ok: true, what: 'banks in DE', detail: '1 banks are offered there.' },
    ])
  })

  it.each([
    [401, { summary: 'Authentication failed' }, /does not take these keys/],
    [403, { summary: 'IP address access denied', detail: "Your IP 203.0.113.7 isn't whitelisted" }, /add the address/],
    [429, { summary: 'Rate limit exceeded', detail: 'x' }, /asked too often/],
    [502, {}, /has trouble/],
  ])('is told in words where it is not: HTTP %s', async (status, body, words) => {
    wire.handle = (_, response) => json(response, status, body)
    const findings = await wire.open().check({ redirect: 'https://app' })
    expect(findings).toEqual([{ ok: false, what: 'keys', detail: expect.stringMatching(words) }])
    expect(JSON.stringify(findings)).not.toContain('203.0')
  })
})
