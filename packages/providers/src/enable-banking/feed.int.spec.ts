import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { decodeProtectedHeader, jwtVerify } from 'jose'
import { fingerprintsOf, readBalances, readDetails } from '../payload.ts'
import { memorySecrets } from '../testing/memory-secrets.ts'
import { type Handler, json, startWireServer, type WireServer } from '../testing/wire-server.ts'
import { openEnableBanking } from './index.ts'

/** The documented bodies of gocardless.md §11 over real HTTP: what a call sends, and how answers of every kind are taken. */
let server: WireServer
let handle: Handler
beforeAll(async () => {
  server = await startWireServer((request, response) => handle(request, response))
})
afterAll(() => server.close())
beforeEach(() => {
  server.calls.length = 0
})

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
})
const wall = new Date('2025-03-14T09:00:00.000Z')

function open(over: { believeDate?: boolean; maxBytes?: number; secrets?: ReturnType<typeof memorySecrets> } = {}) {
  return openEnableBanking({
    id: 'eb',
    baseUrl: server.baseUrl,
    applicationId: 'app-1',
    privateKey,
    believeDate: over.believeDate ?? false,
    clock: { now: () => wall },
    records: over.secrets ?? memorySecrets(),
    ...(over.maxBytes === undefined ? {} : { limits: { maxBytes: over.maxBytes } }),
  })
}

const refusal = (error: string, more: object = {}) => ({ message: 'No.', code: 422, error, ...more })
const nordea = {
  ...{ name: 'Nordea', country: 'FI', logo: 'https://logo', bic: 'NDEAFIHH', psu_types: ['personal', 'business'] },
  ...{ auth_methods: [], maximum_consent_validity: 15_552_000, beta: false },
  required_psu_headers: ['Psu-Ip-Address', 'Psu-User-Agent'],
}
const session = {
  ...{ status: 'AUTHORIZED', accounts: ['u1', 'u2'], aspsp: { name: 'Nordea', country: 'FI' } },
  ...{ created: '2025-03-14T09:01:00+00:00', authorized: '2025-03-14T09:02:00.500000+00:00' },
  access: { valid_until: '2025-09-10T08:59:00+00:00' },
}

/** A bank that grants whatever is asked; `over` answers before it. */
function granting(over: Handler = () => undefined): Handler {
  return async (request, response) => {
    const given = await over(request, response)
    if (given !== undefined || response.writableEnded) return given
    const { method, path } = request
    if (path.startsWith('/aspsps')) return { aspsps: [nordea] }
    if (path === '/auth') return { url: 'https://consent', authorization_id: 'auth-1', psu_id_hash: 'h' }
    if (path === '/sessions') {
      return { session_id: 's-1', accounts: [{ uid: 'u1' }, { uid: 'u2' }], aspsp: session.aspsp }
    }
    if (path === '/sessions/s-1') return method === 'DELETE' ? { message: 'OK' } : session
    return json(response, 404, refusal('ACCOUNT_DOES_NOT_EXIST'))
  }
}
const wanted = {
  ...{ institutionId: 'Nordea~FI', redirect: 'https://app/return', reference: 'state-1' },
  ...{ historyDays: 730, consentDays: 180 },
}
async function linked(feed = open()) {
  const { requisitionId: linkId } = await feed.createLink(wanted)
  await feed.finishLink({ linkId, callback: { code: 'code-1' } })
  return { feed, linkId }
}

describe('a call', () => {
  it('carries a token that we signed, for an hour', async () => {
    let token = ''
    handle = (request) => {
      token = request.token
      return { aspsps: [] }
    }
    await open().institutions('FI')
    expect(decodeProtectedHeader(token)).toEqual({ typ: 'JWT', alg: 'RS256', kid: 'app-1' })
    const checks = { issuer: 'enablebanking.com', audience: 'api.enablebanking.com', currentDate: wall }
    const { payload } = await jwtVerify(token, createPublicKey(privateKey), checks)
    expect(payload).toEqual({
      ...{ iss: 'enablebanking.com', aud: 'api.enablebanking.com' },
      ...{ iat: wall.getTime() / 1000, exp: wall.getTime() / 1000 + 3600 },
    })
  })

  it('is signed anew where the demo’s day was moved', async () => {
    const days: number[] = []
    handle = ({ token }, response) => {
      const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { iat: number }
      days.push(claims.iat)
      const moved = Date.parse('2025-04-14T09:00:00Z') / 1000
      const headers = { date: new Date(moved * 1000).toUTCString() }
      if (claims.iat < moved) return json(response, 401, refusal('UNAUTHORIZED_ACCESS'), headers)
      return json(response, 200, { aspsps: [] }, headers)
    }
    const demo = open({ believeDate: true })
    expect(await demo.institutions('FI')).toEqual([])
    expect(days).toHaveLength(2)
    await expect(open().institutions('FI')).rejects.toMatchObject({ code: 'credentials_refused' })
  })

  it('is asked for with the names of no person and no secret in its errors', async () => {
    const detail = 'Account FI2112345600000785 of Maija Meikäläinen'
    handle = (_, response) =>
      json(response, 403, { message: detail, code: 403, error: 'ASPSP_ACCOUNT_NOT_ACCESSIBLE', detail })
    const error = await open()
      .balances('u-secret')
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ reason: 'ASPSP_ACCOUNT_NOT_ACCESSIBLE', action: 'resource_unavailable' })
    expect(String(error)).not.toMatch(/FI21|u-secret/)
  })
})

describe('the banks', () => {
  it('are told by name and country, with days', async () => {
    handle = () => ({ aspsps: [nordea, { name: 'S_äästö ~ Bank', country: 'FI' }, { ...nordea, name: 'S_ä ~ B' }] })
    const feed = open()
    expect(await feed.institutions('fi')).toEqual([
      {
        ...{ id: 'Nordea~FI', provider: 'eb', name: 'Nordea', bic: 'NDEAFIHH', countries: ['FI'] },
        ...{ logo: 'https://logo', maxHistoryDays: 730, maxConsentDays: 180 },
      },
      expect.objectContaining({ id: 'S%5F%C3%A4_%7E_B~FI', name: 'S_ä ~ B' }),
    ])
    expect((await feed.institution('S%5F%C3%A4_%7E_B~FI')).name).toBe('S_ä ~ B')
    expect(server.calls).toEqual(['GET /aspsps?country=FI&service=AIS'])
  })

  it('tell how to log in, for whom, and what they want to know of a browser', async () => {
    const methods = [
      { name: 'app', title: 'With the app', hidden_method: false, psu_type: 'personal', approach: 'DECOUPLED' },
      { name: 'web', hidden_method: false, psu_type: 'personal', approach: 'REDIRECT' },
      { name: 'api', hidden_method: true, psu_type: 'personal', approach: 'EMBEDDED' },
    ]
    handle = () => ({ aspsps: [{ ...nordea, beta: true, sandbox: { users: [] }, auth_methods: methods }] })
    expect(await open().institution('Nordea~FI')).toMatchObject({
      ...{ psuTypes: ['personal', 'business'], beta: true, sandbox: true },
      authMethods: [
        { name: 'app', title: 'With the app' },
        { name: 'web', title: 'web' },
      ],
      requiredPsuHeaders: ['Psu-Ip-Address', 'Psu-User-Agent'],
    })
  })

  it('have ids that fit, whatever the bank is called', async () => {
    const name = 'Юнионбанк '.repeat(9).trim()
    handle = () => ({ aspsps: [{ ...nordea, name, country: 'BG' }] })
    const feed = open()
    const [bank] = await feed.institutions('BG')
    expect(bank?.id).toMatch(/^~[0-9a-f]{32}~BG$/)
    expect((await feed.institution(bank!.id)).name).toBe(name)
  })

  it('are none of theirs where the id is not, without a call', async () => {
    for (const id of ['MONZO_MONZGB2L', '', 'Nordea~fi']) {
      await expect(open().institution(id)).rejects.toMatchObject({ code: 'not_found', action: 'not_found' })
    }
    expect(server.calls).toEqual([])
  })
})

describe('a link', () => {
  it('asks for what the bank allows, until a minute before its end', async () => {
    let asked: unknown
    handle = granting(({ path, body }) => {
      if (path === '/auth') asked = body
    })
    expect(await open().createLink({ ...wanted, consentDays: 365, language: 'EN' })).toEqual({
      ...{
        requisitionId: 'auth-1',
        agreementId: 'auth-1',
        link: 'https://consent',
        historyDays: 730,
        consentDays: 180,
      },
    })
    expect(asked).toEqual({
      access: { valid_until: '2025-09-10T08:59:00.000Z', balances: true, transactions: true },
      ...{ aspsp: { name: 'Nordea', country: 'FI' }, state: 'state-1', redirect_url: 'https://app/return' },
      ...{ psu_type: 'personal', language: 'en' },
    })
  })

  it('is for the kind of customer that the bank has', async () => {
    const asked: unknown[] = []
    handle = granting(({ path, body }) => {
      if (path.startsWith('/aspsps')) return { aspsps: [{ ...nordea, psu_types: ['business'] }] }
      if (path === '/auth') asked.push((body as { psu_type: string }).psu_type)
      return undefined
    })
    await open().createLink(wanted)
    expect(asked).toEqual(['business'])
  })

  it('is created until the browser is back, and linked by its code, once', async () => {
    handle = granting()
    const secrets = memorySecrets()
    const feed = open({ secrets })
    const { requisitionId: linkId } = await feed.createLink(wanted)
    expect(await feed.readLink(linkId)).toEqual({ status: 'created', accounts: [] })
    const callback = { code: 'code-1' }
    const [one, other] = await Promise.all(
      [feed, open({ secrets })].map((each) => each.finishLink({ linkId, callback })),
    )
    const state = {
      ...{ status: 'linked', accounts: ['u1', 'u2'] },
      ...{ grantedAt: '2025-03-14T09:02:00.500Z', expiresAt: '2025-09-10T08:59:00.000Z' },
    }
    expect([one, other]).toEqual([
      { linkId, state },
      { linkId, state },
    ])
    expect(await feed.finishLink({ linkId, callback: {} })).toEqual({ linkId, state })
    expect(await feed.readLink(linkId)).toEqual(state)
    expect(server.calls.filter((call) => call === 'POST /sessions')).toHaveLength(1)
  })

  it.each([
    ['EXPIRED_AUTHORIZATION_CODE', 'failed'],
    ['WRONG_AUTHORIZATION_CODE', 'failed'],
    ['ALREADY_AUTHORIZED', 'failed'],
    ['ACCESS_DENIED', 'rejected'],
    ['NO_ACCOUNTS_ADDED', 'linked'],
  ])('whose code is refused with %s is %s, without accounts', async (code, status) => {
    handle = granting(({ path }, response) => (path === '/sessions' ? json(response, 422, refusal(code)) : undefined))
    const feed = open()
    const { requisitionId: linkId } = await feed.createLink(wanted)
    expect((await feed.finishLink({ linkId, callback: { code: 'c' } })).state).toEqual({ status, accounts: [] })
  })

  it('whose exchange fails for a while may be finished by the same return', async () => {
    let fails = true
    handle = granting(({ path }, response) =>
      path === '/sessions' && fails ? json(response, 500, refusal('ASPSP_ERROR')) : undefined,
    )
    const feed = open()
    const { requisitionId: linkId } = await feed.createLink(wanted)
    const finish = () => feed.finishLink({ linkId, callback: { code: 'c' } })
    await expect(finish()).rejects.toMatchObject({ code: 'bank_error', action: 'retry_later' })
    fails = false
    expect((await finish()).state.status).toBe('linked')
  })

  it('that the user backed out of is rejected, one that went wrong has failed', async () => {
    handle = granting()
    const feed = open()
    const { requisitionId: linkId } = await feed.createLink(wanted)
    const stateOf = async (error: string) => (await feed.finishLink({ linkId, callback: { error } })).state
    expect(await stateOf('access_denied')).toEqual({ status: 'rejected', accounts: [] })
    expect(await stateOf('server_error')).toEqual({ status: 'failed', accounts: [] })
    expect(await feed.readLink(linkId)).toEqual({ status: 'created', accounts: [] })
  })

  it('takes no consent of another bank, and ends it', async () => {
    handle = granting(({ path }) =>
      path === '/sessions'
        ? { session_id: 's-1', accounts: [{ uid: 'u9' }], aspsp: { name: 'Other', country: 'FI' } }
        : undefined,
    )
    const feed = open()
    const { requisitionId: linkId } = await feed.createLink(wanted)
    expect((await feed.finishLink({ linkId, callback: { code: 'c' } })).state.status).toBe('failed')
    expect(server.calls.at(-1)).toBe('DELETE /sessions/s-1')
  })

  it.each([
    ['EXPIRED', 'expired'],
    ['CLOSED', 'revoked'],
    ['REVOKED', 'revoked'],
    ['CANCELLED', 'rejected'],
    ['INVALID', 'failed'],
    ['RETURNED_FROM_BANK', 'in_progress'],
    ['SOMETHING_NEW', 'in_progress'],
  ])('whose session is %s is %s', async (said, status) => {
    handle = granting()
    const { feed, linkId } = await linked()
    handle = granting(({ path }) => (path === '/sessions/s-1' ? { ...session, status: said } : undefined))
    expect((await feed.readLink(linkId)).status).toBe(status)
  })

  it.each([
    ['EXPIRED_SESSION', 'expired'],
    ['CLOSED_SESSION', 'revoked'],
    ['REVOKED_SESSION', 'revoked'],
    ['SESSION_DOES_NOT_EXIST', 'revoked'],
  ])('that is answered with %s is %s', async (code, status) => {
    handle = granting()
    const { feed, linkId } = await linked()
    handle = (_, response) => json(response, 404, refusal(code))
    expect(await feed.readLink(linkId)).toEqual({ status, accounts: [] })
    expect((await feed.account('u1')).status).toBe('expired')
  })

  it('is revoked with all that was kept of it, also where it is gone already', async () => {
    handle = granting()
    const secrets = memorySecrets()
    const { feed, linkId } = await linked(open({ secrets }))
    expect(secrets.names()).toEqual(['provider/eb/account/u1', 'provider/eb/account/u2', 'provider/eb/link/auth-1'])
    handle = (_, response) => json(response, 404, refusal('CLOSED_SESSION'))
    await feed.revokeLink(linkId)
    await feed.revokeLink(linkId)
    expect(secrets.names()).toEqual([])
    expect(server.calls.filter((call) => call.startsWith('DELETE'))).toEqual(['DELETE /sessions/s-1'])
    await expect(feed.readLink(linkId)).rejects.toMatchObject({ code: 'not_found', action: 'not_found' })
    await expect(feed.account('u1')).rejects.toMatchObject({ code: 'not_found' })
  })

  it('stays where the provider does not answer its end', async () => {
    handle = granting()
    const { feed, linkId } = await linked()
    handle = (_, response) => json(response, 500, refusal('ASPSP_TIMEOUT'))
    await expect(feed.revokeLink(linkId)).rejects.toMatchObject({ action: 'retry_later' })
    handle = granting()
    expect((await feed.readLink(linkId)).status).toBe('linked')
  })
})

describe('an account', () => {
  const resource = {
    ...{ account_id: { iban: 'FI2112345600000785' }, all_account_ids: [], currency: 'EUR', name: 'Maija M' },
    ...{ details: 'Käyttötili', cash_account_type: 'CACC', uid: 'u1', identification_hash: 'HASH=', usage: 'PRIV' },
  }

  it('is told by its session, and recognised by its number and its hash', async () => {
    handle = granting(({ path }) => (path === '/accounts/u1/details' ? resource : undefined))
    const { feed } = await linked()
    const metadata = await feed.account('u1')
    expect({ ...metadata, raw: undefined }).toEqual({ status: 'ready', institutionId: 'Nordea~FI', raw: undefined })
    const details = await feed.details('u1')
    expect(JSON.parse(Buffer.from(details.body).toString())).toEqual(resource)
    expect(readDetails(metadata.raw, details.body)).toEqual({
      ...{ name: 'Käyttötili', kind: 'current', currency: 'EUR', ownerName: 'Maija M' },
      ...{ iban: 'FI2112345600000785', ibanMasked: '0785' },
    })
    expect(fingerprintsOf(details.body, metadata.raw, metadata.institutionId, 'EUR')).toEqual([
      'iban:FI2112345600000785:EUR',
      'hash:HASH=:EUR',
    ])
  })

  it('has balances', async () => {
    const balances = [
      { name: 'Booked', balance_amount: { currency: 'EUR', amount: '10.00' }, balance_type: 'ITBD' },
      { name: 'Free', balance_amount: { currency: 'EUR', amount: '110.00' }, balance_type: 'ITAV' },
    ]
    handle = granting(({ path }) => (path === '/accounts/u1/balances' ? { balances } : undefined))
    const fetched = await open().balances('u1')
    expect(fetched).toMatchObject({ quota: undefined, bankNow: '2025-03-14T09:00:00.000Z' })
    expect(readBalances(fetched.body).map(({ type, amountMinor }) => [type, amountMinor])).toEqual([
      ['interimBooked', 1000n],
      ['interimAvailable', 11000n],
    ])
  })
})

describe('headers of a user who waits', () => {
  const sent: Record<string, unknown>[] = []
  const psuOf = (headers: object) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('psu-')))
  beforeEach(() => {
    sent.length = 0
    handle = granting(({ path, headers }) => {
      if (!path.startsWith('/accounts/')) return undefined
      sent.push(psuOf(headers))
      return { balances: [] }
    })
  })

  it('are sent where all that the bank requires are there, else none', async () => {
    const { feed } = await linked()
    const psu = {
      'psu-ip-address': '203.0.113.7',
      'Psu-User-Agent': 'Browser/1',
      Cookie: 'secret',
      'Psu-Accept': 'a\r\nb',
    }
    await feed.balances('u1', { psu })
    await feed.balances('u1', { psu: { 'Psu-Ip-Address': '203.0.113.7' } })
    await feed.balances('u1')
    await feed.balances('unknown', { psu })
    expect(sent).toEqual([{ 'psu-ip-address': '203.0.113.7', 'psu-user-agent': 'Browser/1' }, {}, {}, {}])
  })
})

describe('transactions', () => {
  const page = (ids: string[], key: string | null) => ({
    transactions: ids.map((entry_reference) => ({ entry_reference })),
    continuation_key: key,
  })
  const read = async (answers: (key: string | null) => unknown, over: Parameters<typeof open>[0] = {}) => {
    handle = ({ path }, response) => {
      const query = new URL(path, 'http://x').searchParams
      expect(query.get('date_from')).toBe('2025-03-01')
      const given = answers(query.get('continuation_key'))
      if (typeof given === 'string') return json(response, 422, refusal(given))
      return given
    }
    return open(over).transactions('u1', { dateFrom: '2025-03-01' })
  }

  it('come page by page, each kept byte for byte; an empty page with a key goes on', async () => {
    const pages = [page(['a'], 'k1'), page([], 'k2'), page(['b'], null)]
    const fetched = await read((key) => pages[key === null ? 0 : Number(key.slice(1))])
    expect(Buffer.from(fetched.body).toString()).toBe(
      `{"pages":[${pages.map((one) => JSON.stringify(one)).join(',')}]}`,
    )
    expect(fetched.stopped).toBeUndefined()
    expect(fetched.contentType).toBe('application/json')
  })

  it('end where a later key is refused, and what came is kept', async () => {
    const fetched = await read((key) => (key === null ? page(['a'], 'k1') : 'WRONG_CONTINUATION_KEY'))
    expect(JSON.parse(Buffer.from(fetched.body).toString())).toEqual({
      pages: [page(['a'], 'k1')],
      stopped: 'WRONG_CONTINUATION_KEY',
    })
    expect(fetched.stopped).toBe('WRONG_CONTINUATION_KEY')
  })

  it('end where a key comes again, and after a hundred pages', async () => {
    expect((await read(() => page(['a'], 'same'))).stopped).toBe('CONTINUATION_KEY_REPEATED')
    let count = 0
    const endless = await read(() => page(['a'], `k${++count}`))
    expect(endless.stopped).toBe('TOO_MANY_PAGES')
    expect((JSON.parse(Buffer.from(endless.body).toString()) as { pages: unknown[] }).pages).toHaveLength(100)
  })

  it('that fail on a later page fail as a whole, perhaps spent, so that nothing is missed', async () => {
    const failing = read((key) => (key === null ? page(['a'], 'k1') : 'ASPSP_RATE_LIMIT_EXCEEDED'))
    await expect(failing).rejects.toMatchObject({
      code: 'bank_rate_limited',
      action: 'wait_until_reset',
      spent: 'unknown',
    })
  })

  it('are held to one size over all pages', async () => {
    let count = 0
    const many = read(() => page(['x'.repeat(200)], `k${++count}`), { maxBytes: 1000 })
    await expect(many).rejects.toMatchObject({ code: 'answer_too_large', spent: true })
  })

  it.each([
    [refusal('WRONG_TRANSACTIONS_PERIOD'), undefined],
    [
      refusal('WRONG_TRANSACTIONS_PERIOD', {
        detail: 'date_from 2024-01-01 must be after 2024-12-15, today is 2025-03-14',
      }),
      '2024-12-15',
    ],
    [refusal('WRONG_TRANSACTIONS_PERIOD', { detail: { earliest: '2025-01-02' } }), '2025-01-02'],
    [refusal('ASPSP_ERROR', { detail: { code: 'PERIOD_INVALID' } }), undefined],
    [{ message: 'No.', code: 'PERIOD_INVALID' }, undefined],
  ])('since a day that is too long ago ask for less: %j', async (body, earliest) => {
    handle = (_, response) => json(response, 422, body)
    const asked = open().transactions('u1', { dateFrom: '2024-01-01' })
    await expect(asked).rejects.toMatchObject({ code: 'window_refused', action: 'narrow_window', earliest })
  })
})

describe('the set-up', () => {
  const application = {
    ...{ name: 'Ours', kid: 'app-1', environment: 'PRODUCTION', active: true, services: ['AIS'] },
    ...{ redirect_urls: ['https://app/return'], countries: ['FI', 'GB'] },
  }
  const check = (over: object = {}, asked = { redirect: 'https://app/return', countries: ['FI'] }) => {
    handle = () => ({ ...application, ...over })
    return open().check(asked)
  }

  it('is right', async () => {
    const findings = await check()
    expect(findings.filter(({ ok }) => !ok)).toEqual([])
    expect(findings.map(({ what }) => what)).toEqual([
      ...['keys', 'application', 'environment', 'redirect URL', 'services', 'banks in FI'],
    ])
  })

  it.each([
    [{ redirect_urls: ['https://app/other'] }, 'redirect URL', /https:\/\/app\/return is not among the 1/],
    [{ services: ['PIS'] }, 'services', /allowed: PIS/],
    [{ countries: ['SE'] }, 'banks in FI', /FI is not covered; covered: SE/],
    [{ active: false }, 'application', /not active/],
  ])('is told in words where it is not: %j', async (over, what, words) => {
    expect((await check(over)).filter(({ ok }) => !ok)).toEqual([
      { ok: false, what, detail: expect.stringMatching(words) },
    ])
  })

  it('has keys that are not taken', async () => {
    handle = (_, response) => json(response, 401, refusal('UNAUTHORIZED_ACCESS'))
    expect(await open().check({ redirect: 'https://app/return' })).toEqual([
      { ok: false, what: 'keys', detail: expect.stringMatching(/does not take these keys.*HTTP 401/) },
    ])
  })
})
