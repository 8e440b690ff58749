import { rateLimitsOf, retryAfterSeconds } from './rate-limit.ts'

const account = { limit: 4, remaining: 0, resetSeconds: 86_307 }

describe('the rate limits of an answer', () => {
  it.each([
    ['on the wire', 'http_x_ratelimit_account_success_'],
    ['in the documentation', 'HTTP_X_RATELIMIT_ACCOUNT_SUCCESS_'],
    ['with dashes', 'X-RateLimit-Account-Success-'],
    ['with dashes and prefix', 'http-x-ratelimit-account-success-'],
  ])('are read as spelt %s', (_, prefix) => {
    const headers = [
      [`${prefix}limit`, '4'],
      [`${prefix}REMAINING`, '0'],
      [`${prefix}Reset`, '86307'],
    ] as const
    expect(rateLimitsOf(headers)).toEqual({ account })
  })

  it('are two that do not mix', () => {
    const general = { limit: 100, remaining: 99, resetSeconds: 59 }
    const headers = [
      ...Object.entries({
        http_x_ratelimit_limit: '100',
        http_x_ratelimit_remaining: '99',
        http_x_ratelimit_reset: '59',
      }),
      ...Object.entries({
        http_x_ratelimit_account_success_limit: '4',
        http_x_ratelimit_account_success_remaining: '0',
      }),
      ['http_x_ratelimit_account_success_reset', '86307'] as [string, string],
    ]
    expect(rateLimitsOf(headers)).toEqual({ general, account })
  })

  it('are none where one of three is missing or no number', () => {
    expect(
      rateLimitsOf([
        ['x-ratelimit-limit', '100'],
        ['x-ratelimit-remaining', 'many'],
        ['x-ratelimit-reset', '1'],
      ]),
    ).toEqual({})
  })
})

describe('the wait after a refusal', () => {
  const general = { limit: 100, remaining: 0, resetSeconds: 59 }
  it('is the account’s where nothing of it remains, else the general one', () => {
    expect(retryAfterSeconds({ account, general }, 'in 7 seconds')).toBe(86_307)
    expect(retryAfterSeconds({ account: { ...account, remaining: 2 }, general }, '')).toBe(59)
  })
  it('is in the text without headers, else a day', () => {
    expect(retryAfterSeconds({}, 'Please try again in 85092 seconds')).toBe(85_092)
    expect(retryAfterSeconds({}, 'Daily request limit set by the Institution has been exceeded.')).toBe(86_400)
  })
})
