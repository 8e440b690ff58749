import { failureOf } from './errors.ts'

const failure = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  failureOf({ status, headers, body })
const envelope = (summary: string, detail = '', type?: string) => ({ summary, detail, ...(type ? { type } : {}) })
const bank = (type: string) => envelope("Couldn't update account transactions", '…', type)

describe('an error of the provider', () => {
  it.each([
    [401, envelope('End User Agreement (EUA) 1 has expired'), 'consent_expired', 'reauthorise'],
    [400, envelope('End User Agreement (EUA) 1 has expired'), 'consent_expired', 'reauthorise'],
    [401, bank('AccessExpiredError'), 'access_expired', 'reauthorise'],
    [401, bank('AccountInactiveError'), 'account_inactive', 'close_account'],
    [401, envelope('Invalid token'), 'token_invalid', 'refresh_token_and_retry_once'],
    [401, envelope('Authentication failed'), 'credentials_refused', 'refresh_token_and_retry_once'],
    [402, envelope('Payment Required'), 'payment_required', 'stop_and_tell_operator'],
    [403, envelope('IP address access denied'), 'ip_denied', 'stop_and_tell_operator'],
    [403, envelope('End User Agreement (EUA) access scope error'), 'scope_missing', 'reauthorise'],
    [403, envelope('No valid End User Agreement'), 'consent_missing', 'reauthorise'],
    [403, bank('AccountAccessForbidden'), 'account_forbidden', 'resource_unavailable'],
    [403, bank('AccountResourceUnavailable'), 'resource_unavailable', 'resource_unavailable'],
    [404, envelope('Not found.'), 'not_found', 'not_found'],
    [409, envelope('Account suspended'), 'account_suspended', 'reauthorise'],
    [409, { id: 'a', status: 'SUSPENDED' }, 'account_suspended', 'reauthorise'],
    [409, { id: 'a', status: 'EXPIRED' }, 'access_expired', 'reauthorise'],
    [409, { id: 'a', status: 'PROCESSING' }, 'account_preparing', 'retry_later'],
    [409, { id: 'a', status: 'DISCOVERED' }, 'account_preparing', 'retry_later'],
    [409, { id: 'a', status: 'ERROR' }, 'account_error', 'pause_and_check_account'],
    [429, envelope('Rate limit exceeded'), 'rate_limited', 'wait_until_reset'],
    [429, bank('RateLimitError'), 'bank_rate_limited', 'wait_until_reset'],
    [500, bank('UnknownRequestError'), 'bank_error', 'retry_later'],
    [500, envelope('Something went terribly wrong on our side'), 'provider_unavailable', 'retry_later'],
    [503, bank('ServiceError'), 'bank_unavailable', 'retry_later'],
    [503, bank('ConnectionError'), 'bank_unavailable', 'retry_later'],
    [502, undefined, 'provider_unavailable', 'retry_later'],
    [400, { redirect: ['This field is required.'] }, 'bad_request', 'fix_request'],
    [405, envelope('EUA cannot be accepted more than once'), 'bad_request', 'fix_request'],
    [302, undefined, 'bad_answer', 'retry_later'],
  ])('%s %j is %s: %s', (status, body, code, action) => {
    expect(failure(status, body)).toMatchObject({ code, action, status })
  })

  it('counts towards suspension only where the account’s access fails', () => {
    const counted = ['AccessExpiredError', 'UnknownRequestError', 'ServiceError', 'RateLimitError', 'ConnectionError']
    expect(counted.map((type) => failure(type === 'RateLimitError' ? 429 : 500, bank(type)).counted)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ])
  })

  it('counts where a 500 does not say whose failure it is', () => {
    const unsaid = envelope(
      'Something went terribly wrong on our side - please contact support and provide error id: 1',
    )
    expect(failure(500, unsaid).counted).toBe(true)
    expect(failure(500, undefined).counted).toBe(true)
    expect([502, 503, 504].map((status) => failure(status, undefined).counted)).toEqual([false, false, false])
  })

  it('costs no quota, unless an edge answered that knows nothing of it', () => {
    expect(failure(503, bank('ServiceError')).spent).toBe(false)
    expect(failure(429, envelope('Rate limit exceeded')).spent).toBe(false)
    expect(failure(504, undefined).spent).toBe('unknown')
  })

  it.each([
    [{ reference: { summary: 'Client reference must be unique', detail: 'x' } }, 'Client reference must be unique'],
    [{ access_scope: [{ summary: 'Unknown value', detail: 'x' }] }, 'Unknown value'],
    [{ redirect: ['This field may not be blank.'] }, 'This field may not be blank.'],
    [{ institution_id: 'Wrong' }, 'Wrong'],
    [{ summary: ['One', 'two'], detail: ['x'] }, 'One two'],
  ])('is understood in the form %j', (body, summary) => {
    expect(failure(400, { ...body, status_code: 400 })).toMatchObject({ summary })
    expect(failure(400, { ...body, status_code: 400 }).fields).toEqual(
      Object.keys(body).filter((key) => !['summary', 'detail'].includes(key)),
    )
  })

  it('tells nothing personal', () => {
    const about =
      "Account ID 0b5f2d60-7a0d-4f39-8a5a-1d8f6e1f0a01 of a@b.example, GB33BUKB20201555555555, 'J Hartley' not found"
    expect(failure(404, envelope(about)).summary).toBe('Account ID {id} of {address} {number} {value} not found')
  })
})
