import { generateKeyPairSync } from 'node:crypto'
import { BANK, type EnableBankingClient, enableBankingClient, REDIRECT } from './testing/enable-banking-client.ts'
import { type Json, newFolder, type RunningBank, runBank } from './testing/running-bank.ts'

const folder = newFolder()
let bank: RunningBank
let client: EnableBankingClient
beforeAll(async () => {
  bank = await runBank(folder.dataDir)
  client = enableBankingClient(bank)
})
afterAll(async () => {
  await bank.close()
  folder.remove()
})
beforeEach(async () => {
  await bank.call('POST', '/__sandbox/reset', { scenario: 'household', seed: 'spec' })
})

const NO_ONE = '6a2f5d0e-2b7e-4c0b-9d3a-8e1f0c9b7a10'
const advance = (days: number) => bank.call('POST', '/__sandbox/clock', { advance_days: days })
const refusal = (code: number, error: string) => ({ status: code, json: expect.objectContaining({ code, error }) })
const envelope = ['code', 'detail', 'error', 'message']

describe('a token', () => {
  const asked = (token: string) => client.call('GET', '/application', undefined, { authorization: `Bearer ${token}` })
  const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const second = () => Math.floor(Date.now() / 1000)

  it('signed by the application’s own key lets it in', async () => {
    const { status, json } = await asked(client.token())
    expect({ status, json }).toEqual({
      status: 200,
      json: {
        name: expect.any(String),
        description: expect.any(String),
        kid: 'sandbox',
        environment: 'SANDBOX',
        redirect_urls: [REDIRECT],
        active: true,
        countries: ['GB', 'FI'],
        services: ['AIS'],
      },
    })
  })

  const faults: [string, () => Parameters<EnableBankingClient['token']>[0]][] = [
    ['another key', () => ({ key: stranger })],
    ['an application that is not registered', () => ({ header: { kid: 'somebody' } })],
    ['an application id that leads out of the folder', () => ({ header: { kid: '../enable-banking/sandbox' } })],
    ['no application', () => ({ header: { kid: undefined } })],
    ['another algorithm', () => ({ header: { alg: 'HS256' } })],
    ['another issuer', () => ({ claims: { iss: 'example.com' } })],
    ['another audience', () => ({ claims: { aud: 'api.tilisy.com' } })],
    ['a life of more than a day', () => ({ claims: { exp: second() + 86_500 } })],
    ['an end that has passed', () => ({ claims: { iat: second() - 7200, exp: second() - 1 } })],
    ['a beginning to come', () => ({ claims: { iat: second() + 600, exp: second() + 4200 } })],
  ]
  it.each(faults)('with %s does not', async (_, over) => {
    const answer = await asked(client.token(over()))
    expect(answer).toMatchObject(refusal(401, 'UNAUTHORIZED_ACCESS'))
    expect(Object.keys(answer.json).sort()).toEqual(envelope)
  })

  it('that was changed, or none, does not', async () => {
    const [head, , signature] = client.token().split('.')
    const other = client.token({ claims: { sub: 'x' } }).split('.')[1]
    for (const token of [`${head}.${other}.${signature}`, 'a.b.c', 'nonsense', '']) {
      expect(await asked(token)).toMatchObject(refusal(401, 'UNAUTHORIZED_ACCESS'))
    }
  })
})

describe('the banks', () => {
  it('are listed by country, with all that §11 names of them', async () => {
    const { json } = await client.call('GET', '/aspsps?country=GB&psu_type=personal&service=AIS')
    expect(json).toEqual({
      aspsps: [
        {
          ...BANK,
          logo: expect.stringMatching(/^https:/),
          bic: 'SFIN0000',
          psu_types: ['personal'],
          auth_methods: [
            {
              ...{ name: 'redirect_personal', title: expect.any(String), psu_type: 'personal', approach: 'REDIRECT' },
              ...{ hidden_method: false, credentials: [] },
            },
          ],
          maximum_consent_validity: 180 * 86_400,
          beta: false,
          required_psu_headers: ['Psu-Ip-Address', 'Psu-User-Agent'],
          sandbox: { users: [] },
        },
      ],
    })
    expect((await client.call('GET', '/aspsps?country=FR')).json).toEqual({ aspsps: [] })
    expect(await client.call('GET', '/aspsps?country=GBR')).toMatchObject(refusal(422, 'WRONG_REQUEST_PARAMETERS'))
  })
})

describe('an authorization', () => {
  it('gives the address of the consent page', async () => {
    const { status, json } = await client.authorize()
    expect({ status, json }).toEqual({
      status: 200,
      json: {
        url: `${bank.url}/enable-banking/ais/start/${String(json['authorization_id'])}`,
        authorization_id: expect.any(String),
        psu_id_hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    })
  })

  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()
  const faults: [string, Json, string][] = [
    ['an unknown bank', { aspsp: { name: 'Nobody', country: 'GB' } }, 'WRONG_ASPSP_PROVIDED'],
    ['a bank of another country', { aspsp: { ...BANK, country: 'FI' } }, 'WRONG_ASPSP_PROVIDED'],
    ['a redirect URL that is not registered', { redirect_url: 'https://evil.example/x' }, 'REDIRECT_URI_NOT_ALLOWED'],
    ['more days than the bank allows', { access: { valid_until: inDays(181) } }, 'WRONG_REQUEST_PARAMETERS'],
    ['an end that has passed', { access: { valid_until: inDays(-1) } }, 'WRONG_REQUEST_PARAMETERS'],
    ['an end without a zone', { access: { valid_until: '2031-01-01T00:00:00' } }, 'WRONG_REQUEST_PARAMETERS'],
    ['no state', { state: '' }, 'WRONG_REQUEST_PARAMETERS'],
    ['users that the bank has not', { psu_type: 'business' }, 'WRONG_REQUEST_PARAMETERS'],
    ['an unknown way to log in', { auth_method: 'fax' }, 'WRONG_REQUEST_PARAMETERS'],
  ]
  it.each(faults)('is refused for %s', async (_, asked, error) => {
    expect(await client.authorize(asked)).toMatchObject(refusal(422, error))
  })
})

describe('the consent page', () => {
  const page = async () => String((await client.authorize({ state: 'a b&c' })).json['url'])
  const decide = (url: string, decision: string, headers: Record<string, string> = {}) =>
    fetch(url, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ decision }), headers })
  const backOf = (answer: Response) => new URL(answer.headers.get('location') ?? '').searchParams

  it('names the bank, the accounts and the end, and brings a code with the state', async () => {
    const url = await page()
    const shown = await (await fetch(url)).text()
    for (const words of [BANK.name, 'Joint current account', 'Credit card', 'Allow access']) {
      expect(shown).toContain(words)
    }
    const answer = await decide(url, 'grant')
    expect(answer.status).toBe(303)
    expect(Object.fromEntries(backOf(answer))).toEqual({ code: expect.stringMatching(/.{20}/), state: 'a b&c' })
  })

  it('brings an error with the state where the user or the bank will not', async () => {
    expect(Object.fromEntries(backOf(await decide(await page(), 'UserCancelledSession')))).toEqual({
      error: 'access_denied',
      error_description: expect.any(String),
      state: 'a b&c',
    })
    expect(backOf(await decide(await page(), 'InstitutionTechnicalError')).get('error')).toBe('server_error')
  })

  it('gives no second code, and says that the link was used', async () => {
    const url = await page()
    await decide(url, 'grant')
    expect((await fetch(url)).status).toBe(410)
    expect(Object.fromEntries(backOf(await decide(url, 'grant')))).toMatchObject({ error: 'access_denied' })
  })

  it('takes no form from another site and no link that it does not know', async () => {
    const url = await page()
    expect((await decide(url, 'grant', { origin: 'https://evil.example' })).status).toBe(400)
    expect((await fetch(url)).status).toBe(200)
    expect((await fetch(url.replace(/[^/]+$/, NO_ONE))).status).toBe(404)
  })
})

describe('a session', () => {
  it('comes for a code, once', async () => {
    const { accounts, code, session, uids } = await client.link()
    expect(accounts[0]).toEqual({
      account_id: { iban: expect.stringMatching(/^GB\d\dSFIN/), other: null },
      all_account_ids: [
        { identification: expect.stringMatching(/^GB/), scheme_name: 'IBAN', issuer: null },
        { identification: expect.stringMatching(/^\d{14}$/), scheme_name: 'BBAN', issuer: null },
      ],
      account_servicer: { bic_fi: 'SFIN0000', clearing_system_member_id: null, name: 'Sandbox Finance' },
      ...{ name: expect.any(String), details: 'Joint current account', usage: 'PRIV', cash_account_type: 'CACC' },
      ...{ product: 'Everyday', currency: 'GBP', psu_status: 'Account Holder', credit_limit: null, uid: uids[0] },
      identification_hash: expect.any(String),
      identification_hashes: [accounts[0]?.['identification_hash']],
    })
    expect(accounts[2]).toMatchObject({
      account_id: { iban: null, other: { identification: '535522XXXXXX4417', scheme_name: 'CPAN' } },
      credit_limit: { currency: 'GBP', amount: '6000.00' },
    })
    expect(await client.call('POST', '/sessions', { code })).toMatchObject(refusal(422, 'ALREADY_AUTHORIZED'))
    const { json } = await client.call('GET', `/sessions/${session}`)
    expect(json).toEqual({
      status: 'AUTHORIZED',
      accounts: uids,
      accounts_data: accounts.map(({ uid, identification_hash, identification_hashes }) => {
        return { uid, identification_hash, identification_hashes }
      }),
      aspsp: BANK,
      psu_type: 'personal',
      psu_id_hash: expect.any(String),
      access: { valid_until: expect.any(String), balances: true, transactions: true },
      created: expect.stringMatching(/Z$/),
      authorized: expect.stringMatching(/Z$/),
      closed: null,
    })
  })

  it('has handles of its own for accounts whose hash stays', async () => {
    const [one, other] = [await client.link(), await client.link()]
    expect(other.uids.filter((uid) => one.uids.includes(uid))).toEqual([])
    const hashes = ({ accounts }: typeof one) => accounts.map((account) => account['identification_hash'])
    expect(hashes(other)).toEqual(hashes(one))
    expect(new Set(hashes(one)).size).toBe(3)
  })

  it('does not come for a code that is wrong, old or of a bank without accounts', async () => {
    expect(await client.call('POST', '/sessions', { code: NO_ONE })).toMatchObject(
      refusal(422, 'WRONG_AUTHORIZATION_CODE'),
    )
    const codeOf = async (asked: Json = {}) => {
      const { json } = await client.authorize(asked)
      const decided = await bank.call('POST', `/__sandbox/consents/${String(json['authorization_id'])}`, {
        decision: 'grant',
      })
      return new URL(String(decided.json['redirect'])).searchParams.get('code')
    }
    const code = await codeOf()
    await advance(0.01)
    expect(await client.call('POST', '/sessions', { code })).toMatchObject(refusal(422, 'EXPIRED_AUTHORIZATION_CODE'))
    const mock = await codeOf({ aspsp: { name: 'Mock ASPSP', country: 'FI' }, psu_type: 'business' })
    expect(await client.call('POST', '/sessions', { code: mock })).toMatchObject(refusal(422, 'NO_ACCOUNTS_ADDED'))
  })

  it('ends at valid_until, and reads nothing from then on', async () => {
    const { session, uids } = await client.link()
    await advance(89)
    expect((await client.call('GET', `/accounts/${uids[0]}/balances`)).status).toBe(200)
    await advance(1.1)
    expect((await client.call('GET', `/sessions/${session}`)).json).toMatchObject({ status: 'EXPIRED' })
    expect(await client.call('GET', `/accounts/${uids[0]}/balances`)).toMatchObject(refusal(401, 'EXPIRED_SESSION'))
  })

  it('is closed by its application, once, while another goes on', async () => {
    const [one, other] = [await client.link(), await client.link()]
    const closed = await client.call('DELETE', `/sessions/${one.session}`)
    expect([closed.status, closed.json]).toEqual([200, { message: 'OK' }])
    expect(await client.call('DELETE', `/sessions/${one.session}`)).toMatchObject(refusal(401, 'CLOSED_SESSION'))
    expect((await client.call('GET', `/sessions/${one.session}`)).json).toMatchObject({
      status: 'CLOSED',
      closed: expect.stringMatching(/Z$/),
    })
    expect(await client.call('GET', `/accounts/${one.uids[0]}/balances`)).toMatchObject(refusal(401, 'CLOSED_SESSION'))
    expect((await client.call('GET', `/accounts/${other.uids[0]}/balances`)).status).toBe(200)
    expect(await client.call('GET', `/sessions/${NO_ONE}`)).toMatchObject(refusal(404, 'SESSION_DOES_NOT_EXIST'))
  })
})
