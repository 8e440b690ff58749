import { callerOf, type Json, newFolder, type RunningBank, runBank } from './testing/running-bank.ts'

const MONZO = 'MONZO_MONZGB2L'
const SANDBOX = 'SANDBOXFINANCE_SFIN0000'
const folder = newFolder()
let bank: RunningBank
beforeAll(async () => {
  bank = await runBank(folder.dataDir)
})
afterAll(async () => {
  await bank.close()
  folder.remove()
})
beforeEach(() => reset())

/** The household at a bank, on a spring day. */
const reset = (more: Json = {}) =>
  bank.call('POST', '/__sandbox/reset', { scenario: 'household', seed: 'b', as_of: '2026-03-10T10:00:00Z', ...more })
const behave = (institution: string, how: Json) => bank.call('PUT', `/__sandbox/institutions/${institution}`, how)
const turn = (switches: Json) => bank.call('PUT', '/__sandbox/switches', switches)
const pass = async (days: number) => {
  await bank.call('POST', '/__sandbox/clock', { advance_days: days })
  bank = { ...bank, ...(await callerOf(bank.url)) }
}
const get = (path: string) => bank.call('GET', `/api/v2${path}`)
const post = (path: string, body: Json) => bank.call('POST', `/api/v2${path}`, body)
const statusOf = async (path: string) => (await get(path)).json['status']
const rowsOf = async (account: string | undefined, query = '') => {
  const { json } = await get(`/accounts/${account}/transactions/${query}`)
  return json as { transactions: { booked: Json[]; pending?: Json[] }; last_updated: string }
}
const press = (link: string, decision: string, accounts: string[] = []) => {
  const body = new URLSearchParams([
    ['decision', decision],
    ...accounts.map((key): [string, string] => ['account', key]),
  ])
  return fetch(link, { method: 'POST', redirect: 'manual', body })
}
const requisitionAt = async (institution_id: string, more: Json = {}) => {
  const { json } = await post('/requisitions/', { institution_id, redirect: 'https://app.example/back', ...more })
  return { id: String(json['id']), link: String(json['link']), agreement: String(json['agreement']) }
}
const problem = (status: number, summary: string, detail: string) => [status, { summary, detail, status_code: status }]

describe('a bank with a log-in of its own', () => {
  it('asks for the consent, then for the log-in; the agreement counts from the consent on', async () => {
    await reset({ institution: MONZO })
    const { id, link, agreement } = await requisitionAt(MONZO)
    expect(await (await fetch(link)).text()).toContain('Share your accounts with app.example?')
    expect([
      await statusOf(`/requisitions/${id}/`),
      (await get(`/agreements/enduser/${agreement}/`)).json,
    ]).toMatchObject(['GC', { accepted: null }])
    expect((await press(link, 'grant')).headers.get('location')).toBe(link)
    expect([
      await statusOf(`/requisitions/${id}/`),
      (await get(`/agreements/enduser/${agreement}/`)).json,
    ]).toMatchObject(['UA', { accepted: expect.stringMatching(/^2026-03-10T10:/) }])
    const page = await (await fetch(link)).text()
    for (const words of ['Log in to Monzo Bank Limited', 'Wrong log-in', 'Technical error', 'Timeout']) {
      expect(page).toContain(words)
    }
    expect((await press(link, 'grant')).headers.get('location')).toBe(`https://app.example/back?ref=${id}`)
    expect((await get(`/requisitions/${id}/`)).json).toMatchObject({ status: 'LN', accounts: { length: 3 } })
  })

  it('checks a number where one was given, and says when it is another person’s', async () => {
    await reset({ institution: MONZO })
    await behave(MONZO, { features: ['ssn_verification'] })
    const { id, link } = await requisitionAt(MONZO, { ssn: '010190-1234' })
    await press(link, 'grant')
    expect(await (await fetch(link)).text()).toContain('SSNVerificationFailed')
    const { headers } = await press(link, 'SSNVerificationFailed')
    expect(headers.get('location')).toBe(
      `https://app.example/back?ref=${id}&error=SSNVerificationFailed&details=SSN+verification+failed.`,
    )
    expect(await statusOf(`/requisitions/${id}/`)).toBe('RJ')
  })
})

describe('a choice of accounts', () => {
  it('is a page of its own, and only what was chosen can be read', async () => {
    await reset({ institution: MONZO })
    await behave(MONZO, { login_page: false })
    const { id, link } = await requisitionAt(MONZO, { account_selection: true })
    await press(link, 'grant')
    expect(await statusOf(`/requisitions/${id}/`)).toBe('SA')
    const page = await (await fetch(link)).text()
    const keys = [...page.matchAll(/name="account" value="([^"]+)"/g)].map(([, key = '']) => key)
    expect(keys).toHaveLength(3)
    expect((await press(link, 'grant')).headers.get('location')).toBe(link)
    await press(link, 'grant', keys.slice(1, 2))
    const { status, accounts } = (await get(`/requisitions/${id}/`)).json
    expect([status, accounts]).toEqual(['LN', [expect.any(String)]])
    expect((await press(link, 'grant', keys)).headers.get('location')).toContain('error=RequisitionLinkReused')
  })

  it('is made without a browser by the ids that come next', async () => {
    await reset({ institution: MONZO })
    const { items } = (await bank.call('GET', '/__sandbox/accounts')).json as { items: { id: string }[] }
    const chosen = items.slice(0, 2).map(({ id }) => id)
    const terms = { institution_id: MONZO, access_valid_for_days: 90 }
    expect((await bank.link(terms, { account_selection: true }, { accounts: chosen })).accounts).toEqual(chosen)
  })
})

describe('accounts that are being prepared', () => {
  const metadata = (id: string | undefined) => statusOf(`/accounts/${id}/`)

  it('answer with their record, then with their data', async () => {
    await behave(SANDBOX, { processing_seconds: 3_600 })
    const { requisition, accounts } = await bank.link()
    const refused = await get(`/accounts/${accounts[0]}/balances/`)
    expect([refused.status, refused.json]).toMatchObject([409, { id: accounts[0], status: 'PROCESSING' }])
    expect(refused.json).not.toHaveProperty('status_code')
    expect([await metadata(accounts[0]), await statusOf(`/requisitions/${requisition}/`)]).toEqual(['PROCESSING', 'LN'])
    await pass(0.05)
    expect((await get(`/accounts/${accounts[0]}/balances/`)).status).toBe(200)
    expect(await metadata(accounts[0])).toBe('READY')
  })

  it('leave the requisition granting access where the user is back at once', async () => {
    await behave(SANDBOX, { processing_seconds: 3_600 })
    const { requisition, accounts } = await bank.link({}, { redirect_immediate: true })
    expect(await statusOf(`/requisitions/${requisition}/`)).toBe('GA')
    await pass(0.05)
    expect((await get(`/requisitions/${requisition}/`)).json).toMatchObject({ status: 'LN', accounts })
  })
})

describe('ten failures in a row', () => {
  const failing = async (times: number, kind = 'bank_error') => {
    const linked = await bank.link()
    const path = `/accounts/${linked.accounts[0]}/balances/`
    await bank.call('POST', '/__sandbox/faults', { path, kind, times })
    for (let n = 0; n < times; n++) await get(path)
    return { ...linked, path, account: `/accounts/${linked.accounts[0]}/` }
  }

  it('suspend the account and its requisition for good; a new requisition helps', async () => {
    const { account, path, requisition, accounts } = await failing(10)
    expect([await statusOf(account), await statusOf(`/requisitions/${requisition}/`)]).toEqual(['SUSPENDED', 'SU'])
    for (const at of [path, `/accounts/${accounts[1]}/balances/`]) {
      const { status, json } = await get(at)
      expect([status, json]).toEqual(
        problem(
          409,
          'Account suspended',
          'This account or its requisition was suspended due to numerous errors that occurred while accessing it.',
        ),
      )
    }
    await pass(3)
    expect((await get(path)).status).toBe(409)
    const again = await bank.link()
    expect((await get(`/accounts/${again.accounts[0]}/balances/`)).status).toBe(200)
  })

  it('are not reached by nine and a success, nor by a bank that is away', async () => {
    const nine = await failing(9)
    expect(await statusOf(nine.account)).toBe('ERROR')
    expect((await get(nine.path)).status).toBe(200)
    expect(await statusOf(nine.account)).toBe('READY')
    const away = await failing(12, 'bank_unavailable')
    expect([await statusOf(away.account), (await get(away.path)).status]).toEqual(['READY', 200])
  })
})

describe('a consent that is confirmed every 90 days', () => {
  const linked = async () => {
    await reset({ institution: MONZO })
    return bank.link({ institution_id: MONZO, access_valid_for_days: 730, reconfirmation: true })
  }
  const at = (agreement: string) => `/agreements/enduser/${agreement}/reconfirm/`
  const balances = async (account: string | undefined) => {
    const { status, json } = await get(`/accounts/${account}/balances/`)
    return [status, json['type']]
  }

  it('is asked for: a page that works from 14 days before to 14 days after', async () => {
    const { agreement, accounts } = await linked()
    expect((await get(at(agreement))).status).toBe(404)
    const asked = await post(at(agreement), { redirect: 'https://app.example/connections' })
    expect([asked.status, asked.json]).toEqual([
      201,
      {
        reconfirmation_url: `${bank.url}/psd2/reconfirm/${agreement}`,
        created: expect.stringMatching(/^2026-03-10T10:/),
        url_valid_from: expect.stringMatching(/^2026-05-25T10:/),
        url_valid_to: expect.stringMatching(/^2026-06-22T10:/),
        redirect: 'https://app.example/connections',
        last_accessed: null,
        last_submitted: null,
        accounts: Object.fromEntries(accounts.map((id) => [id, { reconfirmed: null, rejected: '' }])),
      },
    ])
    const read = await get(at(agreement))
    expect([read.status, read.json]).toEqual([200, asked.json])
    expect((await post(at(agreement), {})).json).toEqual(asked.json)
    expect((await fetch(String(asked.json['reconfirmation_url']))).status).toBe(410)
  })

  it('gives nothing between the due day and the confirmation, then all again', async () => {
    const { agreement, requisition, accounts } = await linked()
    await pass(89)
    expect(await balances(accounts[0])).toEqual([200, undefined])
    await pass(2)
    expect(await balances(accounts[0])).toEqual([401, 'AccessExpiredError'])
    expect(await statusOf(`/requisitions/${requisition}/`)).toBe('LN')
    const { json } = await post(at(agreement), { redirect: 'https://app.example/connections' })
    const url = String(json['reconfirmation_url'])
    expect(await (await fetch(url)).text()).toContain('Go on sharing these accounts?')
    expect((await press(url, 'confirm', accounts)).headers.get('location')).toBe('https://app.example/connections')
    expect(await balances(accounts[0])).toEqual([200, undefined])
    expect((await get(at(agreement))).json).toMatchObject({
      last_accessed: expect.stringMatching(/^2026-06-09/),
      last_submitted: expect.stringMatching(/^2026-06-09/),
      accounts: { [accounts[0] ?? '']: { reconfirmed: expect.stringMatching(/^2026-06-09/), rejected: '' } },
    })
    await pass(89)
    expect(await balances(accounts[0])).toEqual([200, undefined])
    expect((await post(at(agreement), {})).json).toMatchObject({ url_valid_from: expect.stringMatching(/^2026-08-24/) })
  })

  it('ends for an account that is not confirmed, goes on for the others', async () => {
    const { agreement, accounts } = await linked()
    const [kept, stopped] = accounts
    await pass(80)
    await post(at(agreement), {})
    await bank.call('POST', `/__sandbox/reconfirmations/${agreement}`, { decision: 'confirm', accounts: [kept] })
    await pass(11)
    expect([await balances(kept), await balances(stopped)]).toEqual([
      [200, undefined],
      [401, 'AccessExpiredError'],
    ])
  })

  it('ends where nobody confirms it', async () => {
    const { agreement, requisition, accounts } = await linked()
    await post(at(agreement), {})
    await pass(105)
    const { status, json } = await get(`/accounts/${accounts[0]}/balances/`)
    expect([status, json['summary']]).toEqual([401, `End User Agreement (EUA) ${agreement} has expired`])
    expect(await statusOf(`/requisitions/${requisition}/`)).toBe('EX')
    const late = await post(at(agreement), {})
    expect([late.status, late.json]).toEqual(
      problem(
        400,
        'Reconfirmation requested after acceptance period.',
        expect.stringMatching(new RegExp(`^For EUA '${agreement}' reconfirmation period was until 2026-06-22T`)),
      ),
    )
  })

  it('is refused in the documented words', async () => {
    await reset({ institution: MONZO })
    const terms = { institution_id: MONZO, access_valid_for_days: 730, reconfirmation: true }
    const open = String((await post('/agreements/enduser/', terms)).json['id'])
    const early = await post(at(open), {})
    expect([early.status, early.json]).toEqual(
      problem(400, 'End user agreement needs to be accepted.', `EUA '${open}' is not accepted.`),
    )
    const { agreement } = await bank.link(terms)
    expect((await post(at(agreement), { redirect: 'nowhere' })).json).toEqual({
      redirect: [{ summary: 'Invalid redirect URI', detail: 'Redirect URI must have a valid URI structure' }],
      status_code: 400,
    })
    const none = await bank.link(terms, {}, { accounts: [] })
    expect((await post(at(none.agreement), {})).json).toMatchObject({
      summary: 'No accounts linked.',
      detail: `For associated requisition '${none.requisition}', there are no accounts linked.`,
    })
    await turn({ may_reconfirm: false })
    const refused = await post(at(agreement), {})
    expect([refused.status, refused.json]).toEqual(
      problem(403, '', 'You do not have permission to perform this action.'),
    )
    const forbidden = await post('/agreements/enduser/', terms)
    expect([forbidden.status, forbidden.json]).toEqual(
      problem(403, '', 'You do not have permission to enable reconfirmation.'),
    )
  })
})

describe('a bank that gives its whole history once', () => {
  const LHV = 'LHV_LHVBEE22'
  const countAfter = async (days: number, max_historical_days: number) => {
    await reset({ institution: LHV })
    const { accounts } = await bank.link({ institution_id: LHV, max_historical_days })
    const before = await rowsOf(accounts[0])
    await pass(days)
    const after = await rowsOf(accounts[0], '?date_from=2026-03-10')
    return {
      before,
      after: after.transactions.booked.map((row) => String(row['bookingDate'])),
      told: after.last_updated,
    }
  }

  it('repeats that answer for ever beyond 90 days, its time included', async () => {
    const { before, after, told } = await countAfter(20, 180)
    expect(after.filter((day) => day > '2026-03-10')).toEqual([])
    expect(told).toBe(before.last_updated)
  })

  it('goes on within 90 days', async () => {
    const { after, told } = await countAfter(20, 90)
    expect(after.filter((day) => day > '2026-03-10').length).toBeGreaterThan(3)
    expect(told).toMatch(/^2026-03-30/)
  })
})

describe('what a bank does its own way', () => {
  it('gives no pending rows where it has no such feature', async () => {
    await behave(SANDBOX, { features: ['private_accounts'] })
    const { accounts } = await bank.link()
    expect((await rowsOf(accounts[0])).transactions).not.toHaveProperty('pending')
  })

  it('ignores the first day asked for', async () => {
    await behave(SANDBOX, { ignores_date_from: true })
    const { accounts } = await bank.link()
    const all = await rowsOf(accounts[0])
    expect((await rowsOf(accounts[0], '?date_from=2026-03-01')).transactions).toEqual(all.transactions)
  })

  it('allows fewer calls than the API does', async () => {
    await behave(SANDBOX, { daily_calls: 1 })
    const { accounts } = await bank.link()
    await rowsOf(accounts[0])
    const refused = await get(`/accounts/${accounts[0]}/transactions/`)
    expect([refused.status, refused.json['type']]).toEqual([429, 'RateLimitError'])
    expect(refused.headers.get('http_x_ratelimit_account_success_remaining')).toBe('3')
  })

  it('is out of every list while it is switched off, and its accounts come back with it', async () => {
    const { accounts } = await bank.link()
    await behave(SANDBOX, { operational: false })
    expect((await get(`/institutions/${SANDBOX}/`)).status).toBe(404)
    const refused = await get(`/accounts/${accounts[0]}/balances/`)
    expect([refused.status, refused.json['detail']]).toEqual([503, `Institution ${SANDBOX} is not operational`])
    await behave(SANDBOX, { operational: true })
    expect((await get(`/accounts/${accounts[0]}/balances/`)).status).toBe(200)
  })
})

describe('an agreement that our company accepts by itself', () => {
  it('is accepted once', async () => {
    await turn({ may_accept: true })
    const { agreement, id, link } = await requisitionAt(SANDBOX)
    const accept = (body: Json) => bank.call('PUT', `/api/v2/agreements/enduser/${agreement}/accept/`, body)
    expect((await accept({})).json).toMatchObject({ user_agent: ['This field is required.'] })
    const accepted = await accept({ user_agent: 'Firefox', ip_address: '203.0.113.7' })
    expect([accepted.status, accepted.json['accepted']]).toEqual([200, expect.stringMatching(/^2026-03-10T10:/)])
    const again = await accept({ user_agent: 'Firefox', ip_address: '203.0.113.7' })
    expect([again.status, again.json]).toEqual(
      problem(405, 'EUA cannot be accepted more than once', 'End User Agreements cannot be accepted more than once'),
    )
    await press(link, 'grant')
    expect(await statusOf(`/requisitions/${id}/`)).toBe('LN')
    expect((await get(`/agreements/enduser/${agreement}/`)).json).toEqual(accepted.json)
  })
})

describe('limits of the whole company', () => {
  it('are told and not enforced, unless they are', async () => {
    for (let n = 0; n < 101; n++)
      expect((await post('/agreements/enduser/', { institution_id: SANDBOX })).status).toBe(201)
    await turn({ general_limits: 'enforced' })
    const refused = await post('/agreements/enduser/', { institution_id: SANDBOX })
    const seconds = Number(refused.headers.get('http_x_ratelimit_reset'))
    expect([refused.status, refused.json]).toEqual(
      problem(
        429,
        'Rate limit exceeded',
        `The rate limit for this resource is 100/minute. Please try again in ${seconds} seconds`,
      ),
    )
    expect([refused.headers.get('http_x_ratelimit_limit'), refused.headers.get('http_x_ratelimit_remaining')]).toEqual([
      '100',
      '0',
    ])
    expect((await get('/requisitions/')).status).toBe(200)
    await pass(0.001)
    expect((await post('/agreements/enduser/', { institution_id: SANDBOX })).status).toBe(201)
  })

  it('are a hundred new tokens an hour', async () => {
    await turn({ general_limits: 'enforced' })
    const pair = { secret_id: 'sandbox', secret_key: 'sandbox' }
    for (let n = 0; n < 100; n++) expect((await post('/token/new/', pair)).status).toBe(200)
    const { status, json } = await post('/token/new/', pair)
    expect([status, json['detail']]).toEqual([
      429,
      expect.stringMatching(/^The rate limit for this resource is 100\/hour\. Please try again in 3[56]\d\d seconds$/),
    ])
    const day = await bank.call('POST', '/__sandbox/clock', { advance_days: 0.05 })
    expect([day.status, (await post('/token/new/', pair)).status]).toEqual([200, 200])
  })

  it('are so many requisitions a month for nothing', async () => {
    await turn({ free_requisitions: 1 })
    expect((await bank.link()).accounts).toHaveLength(3)
    for (const path of ['/agreements/enduser/', '/requisitions/']) {
      const refused = await post(path, { institution_id: SANDBOX, redirect: 'https://app.example/' })
      expect([refused.status, refused.json]).toEqual(problem(402, 'Payment Required', 'Free usage limit exceeded'))
    }
    await pass(22)
    expect((await bank.link()).accounts).toHaveLength(3)
  })
})

describe('the wire', () => {
  const form = async (body: FormData | URLSearchParams, path = '/agreements/enduser/') => {
    const token = (await post('/token/new/', { secret_id: 'sandbox', secret_key: 'sandbox' })).json['access']
    const answer = await fetch(`${bank.url}/api/v2${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body,
    })
    return { status: answer.status, json: (await answer.json()) as Json }
  }
  const fields: [string, string][] = [
    ['institution_id', MONZO],
    ['max_historical_days', '120'],
    ['access_valid_for_days', '180'],
    ['reconfirmation', 'true'],
    ['access_scope', 'balances'],
  ]
  const granted = {
    institution_id: MONZO,
    max_historical_days: 120,
    access_valid_for_days: 180,
    reconfirmation: true,
    access_scope: ['balances'],
  }

  it('takes a form, and one of several parts', async () => {
    const parts = new FormData()
    for (const [name, value] of fields) parts.append(name, value)
    for (const body of [new URLSearchParams(fields), parts]) {
      expect(await form(body)).toMatchObject({ status: 201, json: granted })
    }
    const both: [string, string][] = [...fields, ['access_scope', 'details']]
    expect((await form(new URLSearchParams(both))).json).toMatchObject({ access_scope: ['balances', 'details'] })
    expect((await form(new URLSearchParams({ institution_id: MONZO, max_historical_days: 'many' }))).json).toEqual({
      max_historical_days: ['A valid integer is required.'],
      status_code: 400,
    })
  })

  it('says what is not JSON, and refuses other methods', async () => {
    const broken = await fetch(`${bank.url}/api/v2/token/new/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{',
    })
    expect([broken.status, await broken.json()]).toMatchObject([400, { summary: 'JSON parse error' }])
    const wrong = await bank.call('DELETE', '/api/v2/institutions/')
    expect([wrong.status, wrong.json, wrong.headers.get('allow')]).toEqual([
      405,
      { summary: 'Method "DELETE" not allowed.', detail: 'Method "DELETE" not allowed.', status_code: 405 },
      'GET',
    ])
    expect((await get('/accounts/premium/me/transactions/')).status).toBe(404)
  })

  it.each([
    ['underscores', 'http_x_ratelimit'],
    ['dashes', 'http-x-ratelimit'],
    ['plain', 'x-ratelimit'],
  ])('spells its limits with %s on every answer of data', async (spelling, prefix) => {
    await turn({ rate_headers: spelling })
    const { accounts } = await bank.link()
    const path = `/accounts/${accounts[0]}/balances/`
    const names = ['limit', 'remaining', 'reset'].map((part) => `${prefix}-${part}`)
    const all = [...names, ...names.map((name) => name.replace('ratelimit', 'ratelimit-account-success'))]
    await bank.call('POST', '/__sandbox/faults', { path, kind: 'bank_unavailable', times: 1 })
    for (const status of [503, 200]) {
      const answer = await get(path)
      const shown = (name: string) => answer.headers.get(prefix.includes('_') ? name.replaceAll('-', '_') : name)
      expect([answer.status, ...all.map((name) => /^\d+$/.test(shown(name) ?? ''))]).toEqual([
        status,
        ...all.map(() => true),
      ])
      for (const name of ['allow', 'vary', 'x-c-uuid', 'x-u-uuid', 'cache-control', 'date']) {
        expect(answer.headers.get(name)).toEqual(expect.any(String))
      }
    }
  })

  it('loses its limits at a proxy where told to', async () => {
    await turn({ rate_headers: 'dropped' })
    const { headers } = await get('/requisitions/')
    expect([...headers.keys()].filter((name) => name.includes('ratelimit'))).toEqual([])
  })
})
