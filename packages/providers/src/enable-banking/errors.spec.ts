import { enableBankingFailureOf, windowFailureOf } from './errors.ts'

const failure = (status: number, body: unknown, headers: Record<string, string> = {}) =>
  enableBankingFailureOf({ status, headers, body })
const named = (error: string, more: object = {}) => ({ message: 'No.', code: 400, error, ...more })

describe('an error of Enable Banking', () => {
  it.each([
    ['EXPIRED_SESSION', 'consent_expired', 'reauthorise'],
    ['CLOSED_SESSION', 'consent_expired', 'reauthorise'],
    ['REVOKED_SESSION', 'consent_missing', 'reauthorise'],
    ['SESSION_DOES_NOT_EXIST', 'consent_missing', 'reauthorise'],
    ['WRONG_SESSION_STATUS', 'consent_missing', 'reauthorise'],
    ['ASPSP_PSU_ACTION_REQUIRED', 'access_expired', 'reauthorise'],
    ['EXPIRED_AUTHORIZATION_CODE', 'consent_missing', 'reauthorise'],
    ['ALREADY_AUTHORIZED', 'consent_missing', 'reauthorise'],
    ['NO_ACCOUNTS_ADDED', 'consent_missing', 'reauthorise'],
    ['ASPSP_RATE_LIMIT_EXCEEDED', 'bank_rate_limited', 'wait_until_reset'],
    ['ASPSP_ERROR', 'bank_error', 'retry_later'],
    ['ASPSP_TIMEOUT', 'bank_unavailable', 'retry_later'],
    ['WRONG_TRANSACTIONS_PERIOD', 'window_refused', 'narrow_window'],
    ['DATE_FROM_IN_FUTURE', 'bad_request', 'fix_request'],
    ['PSU_HEADER_NOT_PROVIDED', 'bad_request', 'fix_request'],
    ['REDIRECT_URI_NOT_ALLOWED', 'bad_request', 'fix_request'],
    ['WRONG_CONTINUATION_KEY', 'paging_refused', 'keep_what_is_there'],
    ['ACCOUNT_DOES_NOT_EXIST', 'not_found', 'resource_unavailable'],
    ['ASPSP_ACCOUNT_NOT_ACCESSIBLE', 'account_forbidden', 'resource_unavailable'],
    ['UNAUTHORIZED_ACCESS', 'credentials_refused', 'stop_and_tell_operator'],
    ['UNAUTHORIZED_IP', 'ip_denied', 'stop_and_tell_operator'],
  ])('is %s by its name, whatever its status: %s, %s', (name, code, action) => {
    for (const status of [400, 401, 403, 404, 408, 422, 429, 500]) {
      expect(failure(status, named(name))).toMatchObject({ code, action, status, reason: name, counted: false })
    }
  })

  it.each([
    [408, {}, 'timed_out', 'retry_later'],
    [429, {}, 'rate_limited', 'wait_until_reset'],
    [500, { message: 'x' }, 'provider_unavailable', 'retry_later'],
    [502, undefined, 'provider_unavailable', 'retry_later'],
    [401, {}, 'credentials_refused', 'stop_and_tell_operator'],
    [404, {}, 'not_found', 'resource_unavailable'],
    [422, named('SOMETHING_NEW'), 'bad_request', 'fix_request'],
  ])('without a name that is known goes by its status: %s %j', (status, body, code, action) => {
    expect(failure(status, body)).toMatchObject({ code, action })
  })

  it('of a limit waits a day, or as long as it says', () => {
    expect(failure(429, named('ASPSP_RATE_LIMIT_EXCEEDED')).retryAfterSeconds).toBe(86_400)
    expect(failure(429, named('ASPSP_RATE_LIMIT_EXCEEDED'), { 'Retry-After': '120' }).retryAfterSeconds).toBe(120)
  })

  it('tells nothing personal', () => {
    const told = failure(400, named('ASPSP_ERROR', { message: 'FI2112345600000785 of a@b.example', detail: 'Maija' }))
    expect(JSON.stringify(told)).not.toMatch(/FI21|a@b|Maija/)
  })
})

describe('a window that is refused', () => {
  const window = { from: '2024-01-01', today: '2025-03-14' }
  const earliest = (detail: unknown) =>
    windowFailureOf({ status: 422, headers: {}, body: named('WRONG_TRANSACTIONS_PERIOD', { detail }) }, window).earliest

  it('may name the earliest day, beside today and the day that was asked for', () => {
    expect(earliest('from 2024-01-01 to 2025-03-14: not before 2024-12-15')).toBe('2024-12-15')
    expect(earliest([{ allowed: { from: '2024-06-01' } }])).toBe('2024-06-01')
  })

  it('names none where no such day is in it', () => {
    for (const detail of [undefined, null, 'too long', '2024-01-01', '2026-01-01', { days: 90 }]) {
      expect(earliest(detail)).toBeUndefined()
    }
  })

  it('is no other error with a day in it', () => {
    const body = named('ASPSP_ERROR', { detail: 'since 2024-12-15' })
    expect(windowFailureOf({ status: 500, headers: {}, body }, window)).not.toHaveProperty('earliest')
  })
})
