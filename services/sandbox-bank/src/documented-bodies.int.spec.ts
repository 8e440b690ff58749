import { FAULT_KINDS } from './domain/documented-faults.ts'
import { type Json, type Linked, newFolder, type RunningBank, runBank } from './testing/running-bank.ts'

/**
 * What the bank answers beside what gocardless.md §1–§3 prints: one row a documented body, read from the wire. `{…}` in an
 * expected text stands for the id of that thing.
 */
const folder = newFolder()
let bank: RunningBank
let ids: Record<string, string>
beforeAll(async () => {
  bank = await runBank(folder.dataDir)
  await bank.call('POST', '/__sandbox/reset', { scenario: 'household', seed: 'bodies', as_of: '2026-03-20T10:00:00Z' })
  await bank.call('PUT', '/__sandbox/institutions/NATWEST_NWBKGB2L', {
    scopes: { together: ['balances', 'transactions'] },
  })
  await bank.call('PUT', '/__sandbox/institutions/HSBC_HBUKGB4B', { scopes: { mandatory: ['details'] } })
  await bank.call('PUT', '/__sandbox/institutions/LLOYDS_LOYDGB2L', {
    scopes: { supported: ['balances', 'transactions'] },
  })
  ids = await idsOf(bank)
})
afterAll(async () => {
  await bank.close()
  folder.remove()
})

const SANDBOX = 'SANDBOXFINANCE_SFIN0000'
const NOBODY = '6a2f5d0e-2b7e-4c0b-9d3a-8e1f0c9b7a10'
const AGREEMENTS = '/agreements/enduser/'
const redirect = 'https://app.example/back'

/** A linked consent, one that nobody accepted, one at another bank, and one that was withdrawn. */
async function idsOf({ call, link }: RunningBank): Promise<Record<string, string>> {
  const linked = await link({ access_scope: ['balances', 'details'] })
  const gone = await link()
  await call('DELETE', `/api/v2/requisitions/${gone.requisition}/`)
  const make = async (path: string, body: Json) => String((await call('POST', `/api/v2${path}`, body)).json['id'])
  return {
    ...named('linked', linked),
    ...named('gone', gone),
    open: await make(AGREEMENTS, { institution_id: SANDBOX }),
    monzo: await make(AGREEMENTS, { institution_id: 'MONZO_MONZGB2L' }),
    requisition: await make('/requisitions/', { institution_id: SANDBOX, redirect, reference: 'hj-7f3a-0001' }),
  }
}

const named = (name: string, { agreement, requisition, accounts }: Linked) => ({
  [`${name}.agreement`]: agreement,
  [`${name}.requisition`]: requisition,
  [`${name}.account`]: accounts[0] ?? '',
})

/** `{name}` as the id that goes by it; any other word in braces stays, as the wire has some. */
const told = (text: string): string => text.replaceAll(/\{([a-z.]+)\}/g, (all, name) => ids[name] ?? all)
const deep = (value: unknown): unknown => JSON.parse(told(JSON.stringify(value)))

type Row = [call: string, sent: Json | undefined, status: number, body: Json]
const complaint = (summary: string, detail: string) => ({ summary, detail })
const NOT_FOUND = complaint('Not found.', 'Not found.')
const invalid = (id: string) => complaint('Invalid ID', `${id} is not a valid UUID.`)

async function answerTo(call: string, sent: Json | undefined) {
  const [method = '', path = ''] = told(call).split(' ')
  return bank.call(method, `/api/v2${path}`, sent && (deep(sent) as Json))
}

/** The status stands in the body as well. */
function answers(rows: Row[]): void {
  it.each(rows)('%s %j → %i', async (call, sent, status, body) => {
    const answer = await answerTo(call, sent)
    expect([answer.status, answer.json]).toEqual([status, { ...(deep(body) as Json), status_code: status }])
  })
}

describe('a refusal of an institution (§2.1)', () => {
  answers([
    [
      'GET /institutions/?country=US',
      undefined,
      400,
      { country: complaint('Invalid country choice.', 'US is not a valid choice.') },
    ],
    ['GET /institutions/?foo=1', undefined, 400, complaint('Unknown fields', 'Unknown fields {foo} in {query}')],
    ['GET /institutions/NO_BANK/', undefined, 404, NOT_FOUND],
  ])
})

describe('a refusal of a token (§1)', () => {
  answers([
    ['POST /token/refresh/', { refresh: 'x.y.z' }, 401, complaint('Invalid token', 'Token is invalid or expired')],
    ['POST /token/new/', {}, 400, { secret_id: ['This field is required.'], secret_key: ['This field is required.'] }],
    ['POST /token/refresh/', { refresh: '' }, 400, { refresh: ['This field may not be blank.'] }],
  ])
})

describe('a refusal of an agreement (§2.3)', () => {
  const scopes = (institution_id: string, ...access_scope: string[]) => ({ institution_id, access_scope })
  const dependencies = 'Institution access scope dependencies error'
  const agree = `POST ${AGREEMENTS}`
  answers([
    [
      agree,
      { institution_id: 'NO_BANK' },
      400,
      {
        institution_id: complaint(
          'Unknown Institution ID NO_BANK',
          'Get Institution IDs from /institutions/?country={$COUNTRY_CODE}',
        ),
      },
    ],
    [
      agree,
      { institution_id: 'AMERICAN_EXPRESS_AESUGB21', max_historical_days: 91 },
      400,
      {
        max_historical_days: complaint(
          'Incorrect max_historical_days',
          'max_historical_days must be > 0 and <= AMERICAN_EXPRESS_AESUGB21 transaction_total_days (90)',
        ),
      },
    ],
    [
      agree,
      { institution_id: SANDBOX, access_valid_for_days: 181 },
      400,
      {
        access_valid_for_days: complaint(
          'Incorrect access_valid_for_days',
          'access_valid_for_days must be > 0 and <= 180',
        ),
      },
    ],
    [
      agree,
      { institution_id: 'MONZO_MONZGB2L', access_valid_for_days: 731, reconfirmation: true },
      400,
      {
        access_valid_for_days: complaint(
          'Incorrect access_valid_for_days',
          'access_valid_for_days must be > 0 and <= 730',
        ),
      },
    ],
    [
      agree,
      scopes(SANDBOX, 'gossip'),
      400,
      {
        access_scope: [
          complaint(
            "Unknown value 'gossip' in access_scope",
            "Choose one or several from ['balances', 'details', 'transactions']",
          ),
        ],
      },
    ],
    [
      agree,
      scopes(SANDBOX),
      400,
      {
        access_scope: complaint(
          "Field 'access_scope' may not be an empty list.",
          "Please choose one or several of ['balances', 'details', 'transactions'].",
        ),
      },
    ],
    [
      agree,
      scopes('NATWEST_NWBKGB2L', 'balances'),
      400,
      {
        access_scope: [
          complaint(
            dependencies,
            "For this institution the following scopes are required together: ['balances', 'transactions']",
          ),
        ],
      },
    ],
    [
      agree,
      scopes('HSBC_HBUKGB4B', 'balances'),
      400,
      {
        access_scope: [complaint(dependencies, "The following scopes are mandatory for this institution: ['details']")],
      },
    ],
    [
      agree,
      scopes('LLOYDS_LOYDGB2L', 'balances', 'details'),
      400,
      {
        access_scope: [
          complaint(
            'Unsupported access scope selected.',
            "The access scopes supported by the institution are ['balances', 'transactions']. The following scopes are not supported: ['details']",
          ),
        ],
      },
    ],
    [
      agree,
      { institution_id: SANDBOX, reconfirmation: true },
      400,
      { reconfirmation: complaint('Reconfirmation not supported', `Reconfirmation not supported for ${SANDBOX}`) },
    ],
    [
      agree,
      { institution_id: 'MONZO_MONZGB2L', access_valid_for_days: 90, reconfirmation: true },
      400,
      {
        reconfirmation: complaint(
          'Reconfirmation is not allowed',
          'Reconfirmation is not allowed when access_valid_for_days <= 90 days.',
        ),
      },
    ],
    [`GET ${AGREEMENTS}me/`, undefined, 400, invalid('me')],
    [`GET ${AGREEMENTS}${NOBODY}/`, undefined, 404, NOT_FOUND],
    [
      `DELETE ${AGREEMENTS}{open}/`,
      undefined,
      400,
      complaint('End user agreement needs to be accepted.', "EUA '{open}' is not accepted."),
    ],
    [
      `PUT ${AGREEMENTS}{open}/accept/`,
      { user_agent: 'a', ip_address: 'b' },
      403,
      complaint(
        'Insufficient permissions',
        "Your company doesn't have permission to accept EUA. You'll have to use our default form for this action.",
      ),
    ],
    [
      `POST ${AGREEMENTS}{linked.agreement}/reconfirm/`,
      {},
      400,
      complaint('Reconfirmation is not enabled.', "Reconfirmation is not enabled for agreement '{linked.agreement}'."),
    ],
  ])
})

describe('a refusal of a requisition (§2.4)', () => {
  const ask = (more: Json) => ({ institution_id: SANDBOX, redirect, ...more })
  const request = 'POST /requisitions/'
  answers([
    [request, {}, 400, { redirect: ['This field is required.'], institution_id: ['This field is required.'] }],
    [request, ask({ colour: 'red' }), 400, complaint('Unknown fields', 'Unknown fields {colour} in {body}')],
    [
      request,
      ask({ reference: 'hj-7f3a-0001' }),
      400,
      { reference: complaint('Client reference must be unique', 'Client reference: hj-7f3a-0001 already exists') },
    ],
    [
      request,
      ask({ user_language: 'EN-GB' }),
      400,
      {
        user_language: complaint(
          'Provided user_language is invalid or not supported',
          "'EN-GB' is an invalid or unsupported language",
        ),
      },
    ],
    [
      request,
      ask({ agreement: 'mine' }),
      400,
      {
        agreement: [
          complaint(
            'Invalid EndUserAgreement ID',
            'mine is not a valid EndUserAgreement UUID.  Please specify valid agreement from /api/agreements/enduser/ or create a new one',
          ),
        ],
      },
    ],
    [
      request,
      ask({ agreement: '{monzo}' }),
      400,
      {
        agreement: complaint(
          `Incorrect Institution ID ${SANDBOX}`,
          `Provided Institution ID: '${SANDBOX}' for requisition does not match EUA institution ID 'MONZO_MONZGB2L'. Please provide correct institution ID: 'MONZO_MONZGB2L'`,
        ),
      },
    ],
    [
      request,
      ask({ agreement: '{linked.agreement}' }),
      400,
      {
        agreement: complaint(
          'Agreement {linked.agreement} is already associated',
          'The agreement is already associated with requisition {linked.requisition}. Please provide a valid agreement or use a different requisition.',
        ),
      },
    ],
    [
      request,
      ask({ agreement: NOBODY }),
      404,
      { agreement: complaint(`ID ${NOBODY} not found`, 'Please check whether you specified a valid ID') },
    ],
    [
      request,
      ask({ redirect: '' }),
      400,
      { redirect: complaint('Redirect URL is required', 'Redirect URL is required') },
    ],
    [
      request,
      ask({ redirect: 'javascript:alert(1)' }),
      400,
      { redirect: complaint('Invalid redirect URI', 'Redirect URI must have a valid URI structure') },
    ],
    [
      request,
      ask({ ssn: '010190-1234' }),
      400,
      { ssn: complaint('SSN verification not supported', `SSN verification not supported for ${SANDBOX}`) },
    ],
    [
      request,
      ask({ account_selection: true }),
      400,
      {
        account_selection: complaint(
          'Account selection not supported',
          `Account selection not supported for ${SANDBOX}`,
        ),
      },
    ],
    ['GET /requisitions/me/', undefined, 400, invalid('me')],
    [`GET /requisitions/${NOBODY}/`, undefined, 404, NOT_FOUND],
  ])
})

describe('a refusal of an account (§2.5)', () => {
  answers([
    [`GET /accounts/${NOBODY}/`, undefined, 404, NOT_FOUND],
    ['GET /accounts/me/balances/', undefined, 400, complaint('Invalid Account ID', 'me is not a valid Account UUID. ')],
    [
      `GET /accounts/${NOBODY}/balances/`,
      undefined,
      404,
      complaint(`Account ID ${NOBODY} not found`, 'Please check whether you specified a valid Account ID'),
    ],
    [
      'GET /accounts/{linked.account}/transactions/',
      undefined,
      403,
      complaint(
        'End User Agreement (EUA) access scope error',
        "EUA doesn't allow access to account transactions. Check EUA access scope. Or create new EUA with correct access scope",
      ),
    ],
    [
      'GET /accounts/{gone.account}/balances/',
      undefined,
      403,
      complaint(
        'No valid End User Agreement',
        'Account exists but there is no valid End User Agreement permitting you to access it',
      ),
    ],
  ])
})

describe('a fault ordered by its name (§1.4, §2.5)', () => {
  const bankSide = (type: string, detail: string) => ({
    type,
    ...complaint("Couldn't update account balances", detail),
  })
  const documented: Record<string, [status: number, body: Json]> = {
    invalid_account_id: [400, complaint('Invalid Account ID', '{linked.account} is not a valid Account UUID. ')],
    access_expired: [
      401,
      bankSide(
        'AccessExpiredError',
        'Access has expired or it has been revoked. To restore access reconnect the account.',
      ),
    ],
    account_inactive: [401, bankSide('AccountInactiveError', 'Account has been deactivated or it no longer exists.')],
    invalid_token: [401, complaint('Invalid token', 'Token is invalid or expired')],
    authentication_failed: [
      401,
      complaint('Authentication failed', 'No active account found with the given credentials'),
    ],
    payment_required: [402, complaint('Payment Required', 'Free usage limit exceeded')],
    ip_denied: [
      403,
      complaint('IP address access denied', "Your IP 203.0.113.7 isn't whitelisted to perform this action"),
    ],
    scope_error: [
      403,
      complaint(
        'End User Agreement (EUA) access scope error',
        "EUA doesn't allow access to account balances. Check EUA access scope. Or create new EUA with correct access scope",
      ),
    ],
    no_valid_agreement: [
      403,
      complaint(
        'No valid End User Agreement',
        'Account exists but there is no valid End User Agreement permitting you to access it',
      ),
    ],
    account_forbidden: [
      403,
      bankSide(
        'AccountAccessForbidden',
        'Access to account is forbidden. The user might not have the necessary permissions.',
      ),
    ],
    resource_unavailable: [
      403,
      bankSide(
        'AccountResourceUnavailable',
        'The requested resource is unavailable for this account. Certain resources may be restricted or unsupported for specific accounts.',
      ),
    ],
    account_not_found: [
      404,
      complaint('Account ID {linked.account} not found', 'Please check whether you specified a valid Account ID'),
    ],
    account_suspended: [
      409,
      complaint(
        'Account suspended',
        'This account or its requisition was suspended due to numerous errors that occurred while accessing it.',
      ),
    ],
    rate_limited: [
      429,
      complaint('Rate limit exceeded', 'The rate limit for this resource is 4/day. Please try again in 85092 seconds'),
    ],
    bank_rate_limited: [
      429,
      bankSide('RateLimitError', 'Daily request limit set by the Institution has been exceeded.'),
    ],
    bank_error: [500, bankSide('UnknownRequestError', 'Request to Institution returned an error')],
    bank_unavailable: [503, bankSide('ServiceError', 'Institution service unavailable')],
    bank_unreachable: [503, bankSide('ConnectionError', "Couldn't connect to Institution")],
  }
  const order = async (kind: string) => {
    const path = told('/accounts/{linked.account}/balances/')
    await bank.call('POST', '/__sandbox/faults', { path, kind, times: 1 })
    return () => answerTo('GET /accounts/{linked.account}/balances/', undefined)
  }

  it.each(Object.entries(documented))('%s', async (kind, [status, body]) => {
    const answer = await (await order(kind))()
    expect([answer.status, answer.json]).toEqual([status, { ...(deep(body) as Json), status_code: status }])
  })

  it.each([
    ['eua_expired', 401],
    ['eua_expired_400', 400],
  ])('%s: the agreement, its days and its end', async (kind, status) => {
    const answer = await (await order(kind))()
    expect([answer.status, answer.json]).toEqual([
      status,
      {
        summary: told('End User Agreement (EUA) {linked.agreement} has expired'),
        detail: expect.stringMatching(
          /^EUA was valid for 180 days and it expired at 2026-03-20 10:\d\d:\d\d\.\d{6}\+00:00\. The end user must connect the account once more with new EUA and Requisition$/,
        ),
        status_code: status,
      },
    ])
  })

  it.each(['discovered', 'processing', 'error'])('account_%s: the record in place of an error', async (state) => {
    const answer = await (await order(`account_${state}`))()
    expect([answer.status, answer.json]).toEqual([
      409,
      {
        id: ids['linked.account'],
        created: expect.stringMatching(/^2026-03-20T10:/),
        last_accessed: null,
        iban: expect.stringMatching(/^GB\d\d/),
        aspsp_identifier: SANDBOX,
        status: state.toUpperCase(),
      },
    ])
  })

  it('went_wrong: a 500 without a type', async () => {
    const answer = await (await order('went_wrong'))()
    expect(answer.status).toBe(500)
    expect(answer.json['summary']).toMatch(
      /^Something went terribly wrong on our side - please contact support and provide error id: \w+$/,
    )
    expect(answer.json).not.toHaveProperty('type')
  })

  it.each([
    ['html_502', 502],
    ['html_504', 504],
    ['html_520', 520],
  ])('%s: a page of the edge', async (kind, status) => {
    const answer = await (await order(kind))()
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html'])
    expect(answer.text).toMatch(/^<html>/)
  })

  it('truncated: a head that says all is well, and half a body', async () => {
    const answer = await (await order('truncated'))()
    expect([answer.status, answer.json]).toEqual([200, { notJson: answer.text }])
    expect(answer.text).toMatch(/^\{"balances"/)
  })

  it('reset: no answer at all', async () => {
    await expect((await order('reset'))()).rejects.toThrow()
  })

  it('slow: later than a client waits, then as usual', async () => {
    const path = told('/accounts/{linked.account}/balances/')
    const { json } = await bank.call('POST', '/__sandbox/faults', { path, kind: 'slow', delay_ms: 1, times: 1 })
    expect(json['items']).toEqual([expect.objectContaining({ kind: 'slow', delay_ms: 1 })])
    expect((await answerTo(`GET ${path}`, undefined)).status).toBe(200)
    expect(FAULT_KINDS.slow().delayMs).toBeGreaterThan(20_000)
  })

  it('has every kind there is', () => {
    const shapes = ['eua_expired', 'eua_expired_400', 'account_discovered', 'account_processing', 'account_error']
    const wire = ['went_wrong', 'html_502', 'html_504', 'html_520', 'truncated', 'reset', 'slow']
    expect([...Object.keys(documented), ...shapes, ...wire].sort()).toEqual(Object.keys(FAULT_KINDS).sort())
  })
})

describe('a documented success', () => {
  it('of an institution has what only the detail has', async () => {
    const { json } = await answerTo('GET /institutions/MONZO_MONZGB2L/', undefined)
    expect(json).toEqual({
      id: 'MONZO_MONZGB2L',
      name: 'Monzo Bank Limited',
      bic: 'MONZGB2L',
      transaction_total_days: '730',
      countries: ['GB'],
      logo: 'https://cdn-logos.gocardless.com/ais/MONZO_MONZGB2L.png',
      max_access_valid_for_days: '90',
      max_access_valid_for_days_reconfirmation: '730',
      supported_features: [
        'account_selection',
        'pending_transactions',
        'private_accounts',
        'reconfirmation_of_consent',
      ],
      identification_codes: [],
    })
  })

  it('of an agreement, a requisition and an account has every documented field', async () => {
    const keys = async (call: string) => Object.keys((await answerTo(call, undefined)).json)
    expect(await keys(`GET ${AGREEMENTS}{open}/`)).toEqual([
      'id',
      'created',
      'institution_id',
      'max_historical_days',
      'access_valid_for_days',
      'access_scope',
      'reconfirmation',
      'accepted',
    ])
    expect(await keys('GET /requisitions/{requisition}/')).toEqual([
      'id',
      'created',
      'redirect',
      'status',
      'institution_id',
      'agreement',
      'reference',
      'accounts',
      'user_language',
      'link',
      'ssn',
      'account_selection',
      'redirect_immediate',
    ])
    expect(await keys('GET /accounts/{linked.account}/')).toEqual([
      'id',
      'created',
      'last_accessed',
      'iban',
      'bban',
      'status',
      'institution_id',
      'owner_name',
      'name',
    ])
  })

  it('of a deletion is a 200 with a body', async () => {
    const gone = await bank.link()
    const { status, json } = await bank.call('DELETE', `/api/v2/requisitions/${gone.requisition}/`)
    expect([status, json]).toEqual([
      200,
      complaint('Requisition deleted', `Requisition ${gone.requisition} deleted with all its End User Agreements`),
    ])
    const other = await bank.link()
    const agreement = await bank.call('DELETE', `/api/v2/agreements/enduser/${other.agreement}/`)
    expect([agreement.status, agreement.json]).toEqual([
      200,
      complaint('End User Agreement deleted', `End User Agreement ${other.agreement} deleted`),
    ])
  })
})
