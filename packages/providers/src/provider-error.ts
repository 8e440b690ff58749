/** What went wrong, by a stable code. */
export type ProviderErrorCode =
  | 'consent_expired'
  | 'access_expired'
  | 'account_inactive'
  | 'token_invalid'
  | 'credentials_refused'
  | 'payment_required'
  | 'ip_denied'
  | 'forbidden'
  | 'scope_missing'
  | 'consent_missing'
  | 'account_forbidden'
  | 'resource_unavailable'
  | 'not_found'
  | 'account_suspended'
  | 'account_preparing'
  | 'account_error'
  | 'rate_limited'
  | 'bank_rate_limited'
  | 'bank_error'
  | 'bank_unavailable'
  | 'provider_unavailable'
  | 'unreachable'
  | 'timed_out'
  | 'answer_too_large'
  | 'bad_answer'
  | 'bad_request'
  | 'window_refused'
  | 'paging_refused'

/** What to do about it (gocardless.md §7). */
export type ProviderAction =
  | 'reauthorise'
  | 'close_account'
  | 'refresh_token_and_retry_once'
  | 'stop_and_tell_operator'
  | 'resource_unavailable'
  | 'not_found'
  | 'retry_later'
  | 'pause_and_check_account'
  | 'wait_until_reset'
  | 'fix_request'
  | 'narrow_window'
  | 'keep_what_is_there'

export interface ProviderFailure {
  code: ProviderErrorCode
  action: ProviderAction
  /** Whether the provider counts it towards suspending the account. */
  counted: boolean
  /** Whether the call used up a part of the daily quota; `unknown` is to be taken for yes. */
  spent: boolean | 'unknown'
  retryAfterSeconds?: number
  /** HTTP status, where there was an answer. */
  status?: number
  /** The provider's own name of the error, such as `EXPIRED_SESSION`, where it has one. */
  reason?: string
  /** The provider's own words for the kind of error, without ids and numbers. */
  summary?: string
  /** Names of the request's fields that were refused. */
  fields?: readonly string[]
  /** `YYYY-MM-DD`: the earliest day that a bank would answer for, where it names one as it refuses a window. */
  earliest?: string
  /** The scopes that a bank offers, where it names them as it refuses others. */
  scopes?: readonly AccessScope[]
}

export type AccessScope = 'balances' | 'details' | 'transactions'

/** A call that gave nothing. Its message holds no personal data, no token and no body. */
export class ProviderError extends Error {
  readonly code: ProviderErrorCode
  readonly action: ProviderAction
  readonly counted: boolean
  readonly spent: boolean | 'unknown'
  readonly retryAfterSeconds: number | undefined
  readonly status: number | undefined
  readonly reason: string | undefined
  readonly summary: string | undefined
  readonly fields: readonly string[]
  readonly earliest: string | undefined
  readonly scopes: readonly AccessScope[] | undefined

  constructor(failure: ProviderFailure, options: { cause?: unknown } = {}) {
    const answer = failure.status === undefined ? 'no answer' : `HTTP ${failure.status}`
    const words = failure.summary === undefined ? '' : ` (${failure.summary})`
    super(`${failure.code}: the bank data provider gave ${answer}${words}; to do: ${failure.action}`, options)
    this.name = 'ProviderError'
    this.code = failure.code
    this.action = failure.action
    this.counted = failure.counted
    this.spent = failure.spent
    this.retryAfterSeconds = failure.retryAfterSeconds
    this.status = failure.status
    this.reason = failure.reason
    this.summary = failure.summary
    this.fields = failure.fields ?? []
    this.earliest = failure.earliest
    this.scopes = failure.scopes
  }
}
