import { newFolder, type RunningBank, runBank } from './testing/running-bank.ts'

const folder = newFolder()
let bank: RunningBank
beforeAll(async () => {
  bank = await runBank(folder.dataDir)
})
afterAll(async () => {
  await bank.close()
  folder.remove()
})
beforeEach(async () => {
  await bank.call('POST', '/__sandbox/reset', { scenario: 'household', seed: 'spec' })
})

type Rows = { transactions: { booked: Record<string, unknown>[]; pending: Record<string, unknown>[] } }
const NO_ONE = '6a2f5d0e-2b7e-4c0b-9d3a-8e1f0c9b7a10'

describe('a token', () => {
  const tokens = async (path: string, body: object) => {
    const response = await fetch(`${bank.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return { status: response.status, json: (await response.json()) as Record<string, unknown> }
  }
  const pair = { secret_id: 'sandbox', secret_key: 'sandbox' }

  it('comes with a refresh token, in seconds from now', async () => {
    const { json } = await tokens('/api/v2/token/new/', pair)
    expect(json).toMatchObject({ access_expires: 86_400, refresh_expires: 2_592_000 })
    const again = await tokens('/api/v2/token/refresh/', { refresh: json['refresh'] })
    expect(Object.keys(again.json).sort()).toEqual(['access', 'access_expires'])
  })

  it('is of its own type only', async () => {
    const { json } = await tokens('/api/v2/token/new/', pair)
    expect(await tokens('/api/v2/token/refresh/', { refresh: json['access'] })).toEqual({
      status: 401,
      json: { summary: 'Invalid token', detail: 'Token is invalid or expired', status_code: 401 },
    })
  })

  it('ends after a day of the bank', async () => {
    expect((await bank.call('GET', '/api/v2/institutions/?country=GB')).status).toBe(200)
    const otherFolder = newFolder()
    const other = await runBank(otherFolder.dataDir)
    await other.call('POST', '/__sandbox/clock', { advance_days: 1.01 })
    const late = await other.call('GET', '/api/v2/institutions/?country=GB')
    expect([late.status, late.json]).toEqual([
      401,
      { summary: 'Invalid token', detail: 'Token is invalid or expired', status_code: 401 },
    ])
    await other.close()
    otherFolder.remove()
  })

  it('is asked for everywhere', async () => {
    for (const path of ['institutions/', 'requisitions/', `accounts/${NO_ONE}/details/`]) {
      expect((await fetch(`${bank.url}/api/v2/${path}`)).status).toBe(401)
    }
  })
})

describe('the list of institutions', () => {
  it('is trimmed; the detail has the features', async () => {
    const list = JSON.parse((await bank.call('GET', '/api/v2/institutions/?country=gb')).text)
    const sandbox = list.find(({ id }: { id: string }) => id === 'SANDBOXFINANCE_SFIN0000')
    expect(sandbox).toMatchObject({
      transaction_total_days: '730',
      max_access_valid_for_days: '180',
      countries: ['GB'],
    })
    expect(sandbox).not.toHaveProperty('supported_features')
    const detail = await bank.call('GET', '/api/v2/institutions/SANDBOXFINANCE_SFIN0000/')
    expect(detail.json).toMatchObject({ id: 'SANDBOXFINANCE_SFIN0000', supported_features: expect.any(Array) })
  })

  it('refuses a country that is none and a field it does not know', async () => {
    const country = await bank.call('GET', '/api/v2/institutions/?country=US')
    expect([country.status, country.json]).toEqual([
      400,
      { country: { summary: 'Invalid country choice.', detail: 'US is not a valid choice.' }, status_code: 400 },
    ])
    const stranger = await bank.call('GET', '/api/v2/institutions/?foo=1')
    expect(stranger.json).toEqual({
      summary: 'Unknown fields',
      detail: 'Unknown fields {foo} in {query}',
      status_code: 400,
    })
  })
})

describe('a path of the wire', () => {
  it('ends in a slash, or is not found', async () => {
    expect((await bank.call('GET', '/api/v2/institutions')).json).toEqual({
      summary: 'Not found.',
      detail: 'Not found.',
      status_code: 404,
    })
  })
  it('refuses other methods', async () => {
    const answer = await bank.call('PUT', '/api/v2/requisitions/', {})
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, GET'])
  })
})

describe('an agreement', () => {
  const institution_id = 'AMERICAN_EXPRESS_AESUGB21'
  const agree = (body: object) => bank.call('POST', '/api/v2/agreements/enduser/', body)

  it('is made with defaults and found again', async () => {
    const made = await agree({ institution_id: 'SANDBOXFINANCE_SFIN0000' })
    expect([made.status, made.json]).toMatchObject([
      201,
      {
        max_historical_days: 90,
        access_valid_for_days: 90,
        access_scope: ['balances', 'details', 'transactions'],
        accepted: null,
      },
    ])
    expect((await bank.call('GET', `/api/v2/agreements/enduser/${made.json['id']}/`)).json).toEqual(made.json)
  })

  it('is refused beyond what the bank gives', async () => {
    expect((await agree({ institution_id, max_historical_days: 91 })).json).toEqual({
      max_historical_days: {
        summary: 'Incorrect max_historical_days',
        detail: `max_historical_days must be > 0 and <= ${institution_id} transaction_total_days (90)`,
      },
      status_code: 400,
    })
    expect((await agree({ institution_id, access_valid_for_days: 91 })).json).toMatchObject({
      access_valid_for_days: { detail: 'access_valid_for_days must be > 0 and <= 90' },
    })
    expect((await agree({ institution_id, access_scope: ['gossip'] })).json).toEqual({
      access_scope: [
        {
          summary: "Unknown value 'gossip' in access_scope",
          detail: "Choose one or several from ['balances', 'details', 'transactions']",
        },
      ],
      status_code: 400,
    })
  })

  it('is not deleted before it is accepted, nor accepted by us', async () => {
    const { json } = await agree({ institution_id })
    expect((await bank.call('DELETE', `/api/v2/agreements/enduser/${json['id']}/`)).json).toEqual({
      summary: 'End user agreement needs to be accepted.',
      detail: `EUA '${json['id']}' is not accepted.`,
      status_code: 400,
    })
    const accept = await bank.call('PUT', `/api/v2/agreements/enduser/${json['id']}/accept/`, {
      user_agent: 'a',
      ip_address: 'b',
    })
    expect([accept.status, accept.json['summary']]).toEqual([403, 'Insufficient permissions'])
  })
})

describe('a requisition', () => {
  const institution_id = 'SANDBOXFINANCE_SFIN0000'
  const request = (body: object) =>
    bank.call('POST', '/api/v2/requisitions/', { institution_id, redirect: 'https://app.example/back', ...body })

  it('takes a reference and an agreement once', async () => {
    const first = await request({ reference: 'ours-1' })
    expect([first.status, first.json]).toMatchObject([201, { status: 'CR', accounts: [], reference: 'ours-1' }])
    expect((await request({ reference: 'ours-1' })).json).toEqual({
      reference: { summary: 'Client reference must be unique', detail: 'Client reference: ours-1 already exists' },
      status_code: 400,
    })
    const agreement = first.json['agreement']
    expect((await request({ agreement })).json).toMatchObject({
      agreement: { summary: `Agreement ${agreement} is already associated` },
    })
    const unknown = await request({ agreement: NO_ONE })
    expect([unknown.status, unknown.json['agreement']]).toMatchObject([404, { summary: `ID ${NO_ONE} not found` }])
  })

  it('needs the agreement of its own bank', async () => {
    const other = await bank.call('POST', '/api/v2/agreements/enduser/', { institution_id: 'MONZO_MONZGB2L' })
    expect((await request({ agreement: other.json['id'] })).json).toMatchObject({
      agreement: { summary: `Incorrect Institution ID ${institution_id}` },
    })
  })

  it('is listed in pages', async () => {
    for (const n of [1, 2, 3]) await request({ reference: `page-${n}` })
    const page = await bank.call('GET', '/api/v2/requisitions/?limit=2&offset=0')
    expect(page.json).toMatchObject({
      count: 3,
      previous: null,
      next: `${bank.url}/api/v2/requisitions/?limit=2&offset=2`,
    })
    expect((await bank.call('GET', '/api/v2/requisitions/?limit=2&offset=2')).json['results']).toHaveLength(1)
  })

  it('once deleted lets nobody read any more', async () => {
    const { requisition, accounts } = await bank.link()
    const deleted = await bank.call('DELETE', `/api/v2/requisitions/${requisition}/`)
    expect([deleted.status, deleted.json]).toEqual([
      200,
      { summary: 'Requisition deleted', detail: `Requisition ${requisition} deleted with all its End User Agreements` },
    ])
    const refused = await bank.call('GET', `/api/v2/accounts/${accounts[0]}/balances/`)
    expect([refused.status, refused.json]).toEqual([
      403,
      {
        summary: 'No valid End User Agreement',
        detail: 'Account exists but there is no valid End User Agreement permitting you to access it',
        status_code: 403,
      },
    ])
    expect((await bank.call('GET', `/api/v2/requisitions/${requisition}/`)).status).toBe(404)
  })
})

describe('an account', () => {
  it('tells its metadata for nothing and its details with the number', async () => {
    const { accounts } = await bank.link()
    for (let n = 0; n < 6; n++) {
      const { json } = await bank.call('GET', `/api/v2/accounts/${accounts[0]}/`)
      expect(json).toMatchObject({ id: accounts[0], status: 'READY', institution_id: 'SANDBOXFINANCE_SFIN0000' })
    }
    const { json } = await bank.call('GET', `/api/v2/accounts/${accounts[0]}/details/`)
    expect(json['account']).toMatchObject({
      currency: 'GBP',
      cashAccountType: 'CACC',
      iban: expect.stringMatching(/^GB\d\d/),
    })
  })

  it('has balances that agree with its rows and the truth', async () => {
    const { accounts } = await bank.link()
    for (const id of accounts) {
      const truth = (await bank.call('GET', `/__sandbox/truth/${id}`)).json
      const { transactions } = (await bank.call('GET', `/api/v2/accounts/${id}/transactions/`)).json as unknown as Rows
      const onWire = transactions.booked.map((row) => ({
        date: row['bookingDate'],
        ...(row['transactionAmount'] as object),
      }))
      const real = (truth['booked'] as Record<string, unknown>[]).map(({ date, amount, currency }) => ({
        date,
        amount,
        currency,
      }))
      expect(onWire).toEqual(real)
      expect(transactions.pending).toHaveLength((truth['pending'] as unknown[]).length)
      const { json } = await bank.call('GET', `/api/v2/accounts/${id}/balances/`)
      const [booked, available] = json['balances'] as Record<string, unknown>[]
      expect([booked?.['balanceType'], available?.['balanceType']]).toEqual(['interimBooked', 'interimAvailable'])
      expect([booked, available]).toEqual(truth['balances'])
    }
  })

  it('answers the rows of a window, both days included', async () => {
    await bank.call('POST', '/__sandbox/reset', { scenario: 'household', seed: 'w', as_of: '2026-03-20' })
    const { accounts } = await bank.link()
    const ask = (query: string) => bank.call('GET', `/api/v2/accounts/${accounts[0]}/transactions/${query}`)
    const march = ((await ask('?date_from=2026-03-01&date_to=2026-03-12')).json as unknown as Rows).transactions.booked
    const within = (day: unknown) => String(day) >= '2026-03-01' && String(day) <= '2026-03-12'
    expect(march.length).toBeGreaterThan(3)
    expect(march.every((row) => within(row['bookingDate']) || within(row['valueDate']))).toBe(true)
    expect(march.some((row) => row['bookingDate'] === '2026-03-12')).toBe(true)
    const turned = await ask('?date_from=2026-03-12&date_to=2026-03-01')
    expect(turned.json).toEqual({
      summary: 'Incorrect date range',
      detail:
        "Starting date '2026-03-12' is greater than end date '2026-03-01'. When specifying date range, starting date must precede the end date",
      status_code: 400,
    })
    expect((await ask('?date_from=2026-03-21')).json).toEqual({
      date_from: {
        summary: "Date can't be in future",
        detail: "'2026-03-21' can't be greater than 2026-03-20. Specify correct date range",
      },
      status_code: 400,
    })
  })

  it('shows no more history than was agreed', async () => {
    const { accounts } = await bank.link({ max_historical_days: 30 })
    const rows = ((await bank.call('GET', `/api/v2/accounts/${accounts[0]}/transactions/`)).json as unknown as Rows)
      .transactions.booked
    const oldest = new Date(Date.now() - 32 * 86_400_000).toISOString().slice(0, 10)
    expect(rows.length).toBeGreaterThan(5)
    expect(rows.every((row) => String(row['bookingDate']) >= oldest)).toBe(true)
  })

  it('is refused outside the agreed scope, unknown or malformed', async () => {
    const { accounts } = await bank.link({ access_scope: ['balances'] })
    const refused = await bank.call('GET', `/api/v2/accounts/${accounts[0]}/transactions/`)
    expect([refused.status, refused.json]).toEqual([
      403,
      {
        summary: 'End User Agreement (EUA) access scope error',
        detail:
          "EUA doesn't allow access to account transactions. Check EUA access scope. Or create new EUA with correct access scope",
        status_code: 403,
      },
    ])
    expect((await bank.call('GET', `/api/v2/accounts/${NO_ONE}/details/`)).json).toEqual({
      summary: `Account ID ${NO_ONE} not found`,
      detail: 'Please check whether you specified a valid Account ID',
      status_code: 404,
    })
    expect((await bank.call('GET', '/api/v2/accounts/me/details/')).json).toMatchObject({
      summary: 'Invalid Account ID',
      detail: 'me is not a valid Account UUID. ',
    })
  })
})

describe('the daily limit', () => {
  const triple = (headers: Headers) =>
    ['limit', 'remaining', 'reset'].map((name) => Number(headers.get(`http_x_ratelimit_account_success_${name}`)))

  it('is four successes an account and scope in a rolling day', async () => {
    const { accounts } = await bank.link()
    const ask = (n: number, scope = 'balances') => bank.call('GET', `/api/v2/accounts/${accounts[n]}/${scope}/`)
    for (const left of [3, 2, 1, 0]) {
      const { status, headers } = await ask(0)
      expect([status, ...triple(headers).slice(0, 2)]).toEqual([200, 4, left])
    }
    const refused = await ask(0)
    const [limit, remaining, reset] = triple(refused.headers)
    expect([refused.status, limit, remaining]).toEqual([429, 4, 0])
    expect(reset).toBeGreaterThan(86_300)
    expect(refused.json).toEqual({
      summary: 'Rate limit exceeded',
      detail: `The rate limit for this resource is 4/day. Please try again in ${reset} seconds`,
      status_code: 429,
    })
    expect([(await ask(1)).status, (await ask(0, 'details')).status]).toEqual([200, 200])
    await bank.call('POST', '/__sandbox/clock', { advance_days: 0.99 })
    expect((await ask(0)).status).toBe(429)
  })

  it('does not count what failed', async () => {
    const { accounts } = await bank.link()
    const path = `/api/v2/accounts/${accounts[0]}/balances/`
    await bank.call('POST', '/__sandbox/faults', { path, times: 5, status: 503, body: { status_code: 503 } })
    for (let n = 0; n < 5; n++) expect((await bank.call('GET', path)).status).toBe(503)
    for (let n = 0; n < 4; n++) expect((await bank.call('GET', path)).status).toBe(200)
  })
})

describe('every answer of the wire', () => {
  it('carries the date of the bank and the general limit', async () => {
    await bank.call('POST', '/__sandbox/clock', { set: '2027-02-03T04:05:06Z' })
    const { headers } = await bank.call('GET', '/api/v2/institutions/')
    expect(headers.get('date')).toMatch(/^Wed, 03 Feb 2027 04:05:/)
    expect(headers.get('http_x_ratelimit_limit')).toBe('300')
  })
})
