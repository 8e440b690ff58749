import { decodeProtectedHeader, jwtVerify } from 'jose'
import { fingerprintsOf, readBalances, readDetails } from '../payload.ts'
import {
  type EnableBankingWire,
  granting,
  nordea,
  refusal,
  startEnableBankingWire,
  wall,
} from '../testing/enable-banking-wire.ts'
import { json } from '../testing/wire-server.ts'

/** The documented bodies of gocardless.md §11 over real HTTP: what a call sends, and how answers of every kind are taken. */
let wire: EnableBankingWire
beforeAll(async () => {
  wire = await startEnableBankingWire()
})
afterAll(() => wire.close())
beforeEach(() => {
  wire.calls.length = 0
})

describe('a call', () => {
  it('carries a token that we signed, for an hour', async () => {
    let token = ''
    wire.handle = (request) => {
      token = request.token
      return { aspsps: [] }
    }
    await wire.open().institutions('FI')
    expect(decodeProtectedHeader(token)).toEqual({ typ: 'JWT', alg: 'RS256', kid: 'app-1' })
    const checks = { issuer: 'enablebanking.com', audience: 'api.enablebanking.com', currentDate: wall }
    const { payload } = await jwtVerify(token, wire.publicKey, checks)
    expect(payload).toEqual({
      ...{ iss: 'enablebanking.com', aud: 'api.enablebanking.com' },
      ...{ iat: wall.getTime() / 1000, exp: wall.getTime() / 1000 + 3600 },
    })
  })

  it('is signed anew where the demo’s day was moved', async () => {
    const days: number[] = []
    wire.handle = ({ token }, response) => {
      const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { iat: number }
      days.push(claims.iat)
      const moved = Date.parse('2025-04-14T09:00:00Z') / 1000
      const headers = { date: new Date(moved * 1000).toUTCString() }
      if (claims.iat < moved) return json(response, 401, refusal('UNAUTHORIZED_ACCESS'), headers)
      return json(response, 200, { aspsps: [] }, headers)
    }
    const demo = wire.open({ believeDate: true })
    expect(await demo.institutions('FI')).toEqual([])
    expect(days).toHaveLength(2)
    await expect(wire.open().institutions('FI')).rejects.toMatchObject({ code: 'credentials_refused' })
  })

  it('is asked for with the names of no person and no secret in its errors', async () => {
    const detail = 'Account FI2112345600000785 of Maija Meikäläinen'
    wire.handle = (_, response) =>
      json(response, 403, { message: detail, code: 403, error: 'ASPSP_ACCOUNT_NOT_ACCESSIBLE', detail })
    const error = await wire
      .open()
      .balances('u-secret')
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ reason: 'ASPSP_ACCOUNT_NOT_ACCESSIBLE', action: 'resource_unavailable' })
    expect(String(error)).not.toMatch(/FI21|u-secret/)
  })
})

describe('the banks', () => {
  it('are told by name and country, with days', async () => {
    wire.handle = () => ({
      aspsps: [nordea, { name: 'S_äästö ~ Bank', country: 'FI' }, { ...nordea, name: 'S_ä ~ B' }],
    })
    const feed = wire.open()
    expect(await feed.institutions('fi')).toEqual([
      {
        ...{ id: 'Nordea~FI', provider: 'eb', name: 'Nordea', bic: 'NDEAFIHH', countries: ['FI'] },
        ...{ logo: 'https://logo', maxHistoryDays: 730, maxConsentDays: 180 },
      },
      expect.objectContaining({ id: 'S%5F%C3%A4_%7E_B~FI', name: 'S_ä ~ B' }),
    ])
    expect((await feed.institution('S%5F%C3%A4_%7E_B~FI')).name).toBe('S_ä ~ B')
    expect(wire.calls).toEqual(['GET /aspsps?country=FI&service=AIS'])
  })

  it('tell how to log in, for whom, and what they want to know of a browser', async () => {
    const methods = [
      { name: 'app', title: 'With the app', hidden_method: false, psu_type: 'personal', approach: 'DECOUPLED' },
      { name: 'web', hidden_method: false, psu_type: 'personal', approach: 'REDIRECT' },
      { name: 'api', hidden_method: true, psu_type: 'personal', approach: 'EMBEDDED' },
    ]
    wire.handle = () => ({ aspsps: [{ ...nordea, beta: true, sandbox: { users: [] }, auth_methods: methods }] })
    expect(await wire.open().institution('Nordea~FI')).toMatchObject({
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
    wire.handle = () => ({ aspsps: [{ ...nordea, name, country: 'BG' }] })
    const feed = wire.open()
    const [bank] = await feed.institutions('BG')
    expect(bank?.id).toMatch(/^~[0-9a-f]{32}~BG$/)
    expect((await feed.institution(bank!.id)).name).toBe(name)
  })

  it('are none of theirs where the id is not, without a call', async () => {
    for (const id of ['MONZO_MONZGB2L', '', 'Nordea~fi']) {
      await expect(wire.open().institution(id)).rejects.toMatchObject({ code: 'not_found', action: 'not_found' })
    }
    expect(wire.calls).toEqual([])
  })
})

describe('an account', () => {
  const resource = {
    ...{ account_id: { iban: 'FI2112345600000785' }, all_account_ids: [], currency: 'EUR', name: 'Maija M' },
    ...{ details: 'Käyttötili', cash_account_type: 'CACC', uid: 'u1', identification_hash: 'HASH=', usage: 'PRIV' },
  }

  it('is told by its session, and recognised by its number and its hash', async () => {
    wire.handle = granting(({ path }) => (path === '/accounts/u1/details' ? resource : undefined))
    const { feed } = await wire.linked()
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
    wire.handle = granting(({ path }) => (path === '/accounts/u1/balances' ? { balances } : undefined))
    const fetched = await wire.open().balances('u1')
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
    wire.handle = granting(({ path, headers }) => {
      if (!path.startsWith('/accounts/')) return undefined
      sent.push(psuOf(headers))
      return { balances: [] }
    })
  })

  it('are sent where all that the bank requires are there, else none', async () => {
    const { feed } = await wire.linked()
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
  const read = async (answers: (key: string | null) => unknown, over: Parameters<typeof wire.open>[0] = {}) => {
    wire.handle = ({ path }, response) => {
      const query = new URL(path, 'http://x').searchParams
      expect(query.get('date_from')).toBe('2025-03-01')
      const given = answers(query.get('continuation_key'))
      if (typeof given === 'string') return json(response, 422, refusal(given))
      return given
    }
    return wire.open(over).transactions('u1', { dateFrom: '2025-03-01' })
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
    wire.handle = (_, response) => json(response, 422, body)
    const asked = wire.open().transactions('u1', { dateFrom: '2024-01-01' })
    await expect(asked).rejects.toMatchObject({ code: 'window_refused', action: 'narrow_window', earliest })
  })
})

describe('the set-up', () => {
  const application = {
    ...{ name: 'Ours', kid: 'app-1', environment: 'PRODUCTION', active: true, services: ['AIS'] },
    ...{ redirect_urls: ['https://app/return'], countries: ['FI', 'GB'] },
  }
  const check = (over: object = {}, asked = { redirect: 'https://app/return', countries: ['FI'] }) => {
    wire.handle = () => ({ ...application, ...over })
    return wire.open().check(asked)
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
    wire.handle = (_, response) => json(response, 401, refusal('UNAUTHORIZED_ACCESS'))
    expect(await wire.open().check({ redirect: 'https://app/return' })).toEqual([
      { ok: false, what: 'keys', detail: expect.stringMatching(/does not take these keys.*HTTP 401/) },
    ])
  })
})
