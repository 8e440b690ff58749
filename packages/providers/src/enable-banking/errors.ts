import { withoutIds } from '../gocardless/error-envelope.ts'
import type { Answer } from '../gocardless/errors.ts'
import { isRecord, type RawRow, textOf } from '../normalise/fields.ts'
import type { ProviderAction, ProviderErrorCode, ProviderFailure } from '../provider-error.ts'

type Verdict = { code: ProviderErrorCode; action: ProviderAction; retryAfterSeconds?: number }

const DAY = 86_400

const all = (codes: string, code: ProviderErrorCode, action: ProviderAction, more: Partial<Verdict> = {}) =>
  codes.split(' ').map((name): [string, Verdict] => [name, { code, action, ...more }])

/** The table of gocardless.md §11, by `error`: the HTTP status that goes with it is documented nowhere. */
const BY_CODE: ReadonlyMap<string, Verdict> = new Map([
  ...all('EXPIRED_SESSION CLOSED_SESSION', 'consent_expired', 'reauthorise'),
  ...all('REVOKED_SESSION SESSION_DOES_NOT_EXIST WRONG_SESSION_STATUS', 'consent_missing', 'reauthorise'),
  ...all('ASPSP_PSU_ACTION_REQUIRED', 'access_expired', 'reauthorise'),
  ...all(
    'EXPIRED_AUTHORIZATION_CODE WRONG_AUTHORIZATION_CODE ALREADY_AUTHORIZED AUTHORIZATION_NOT_PROVIDED NO_ACCOUNTS_ADDED ACCESS_DENIED',
    'consent_missing',
    'reauthorise',
  ),
  ...all('ASPSP_RATE_LIMIT_EXCEEDED', 'bank_rate_limited', 'wait_until_reset', { retryAfterSeconds: DAY }),
  ...all('ASPSP_ERROR', 'bank_error', 'retry_later'),
  ...all('ASPSP_TIMEOUT', 'bank_unavailable', 'retry_later'),
  ...all('WRONG_TRANSACTIONS_PERIOD PERIOD_INVALID', 'window_refused', 'narrow_window'),
  ...all(
    'WRONG_DATE_INTERVAL DATE_FROM_IN_FUTURE DATE_TO_WITHOUT_DATE_FROM WRONG_REQUEST_PARAMETERS PSU_HEADER_NOT_PROVIDED PSU_HEADER_INVALID REDIRECT_URI_NOT_ALLOWED WRONG_ASPSP_PROVIDED WRONG_CREDENTIALS_PROVIDED',
    'bad_request',
    'fix_request',
  ),
  ...all('WRONG_CONTINUATION_KEY', 'paging_refused', 'keep_what_is_there'),
  ...all('ACCOUNT_DOES_NOT_EXIST INVALID_ACCOUNT_ID TRANSACTION_DOES_NOT_EXIST', 'not_found', 'resource_unavailable'),
  ...all('ASPSP_ACCOUNT_NOT_ACCESSIBLE', 'account_forbidden', 'resource_unavailable'),
  ...all('UNAUTHORIZED_ACCESS', 'credentials_refused', 'stop_and_tell_operator'),
  ...all('UNAUTHORIZED_IP INVALID_HOST', 'ip_denied', 'stop_and_tell_operator'),
])

/** What an answer of Enable Banking other than success means and what to do. `Retry-After` of a 429 is obeyed. */
export function enableBankingFailureOf({ status, headers, body }: Answer): ProviderFailure {
  const envelope = isRecord(body) ? body : {}
  const code = codeOf(envelope)
  const verdict = BY_CODE.get(code) ?? byStatus(status, code)
  const told = Number(entries(headers).find(([name]) => name.toLowerCase() === 'retry-after')?.[1])
  const summary = withoutIds(textOf(envelope, 'message'))
  return {
    counted: false,
    // A bank that was asked may have counted the call; an answer of the provider itself costs nothing.
    spent: status >= 500 || status === 408 ? 'unknown' : false,
    ...verdict,
    ...(verdict.action === 'wait_until_reset' && Number.isInteger(told) && told > 0 ? { retryAfterSeconds: told } : {}),
    status,
    ...(/^[A-Z][A-Z0-9_]{2,60}$/.test(code) ? { reason: code } : {}),
    ...(summary === undefined ? {} : { summary }),
  }
}

/** As `enableBankingFailureOf`, for transactions since a day: a refused window may name the earliest day that is allowed. */
export function windowFailureOf(answer: Answer, window: { from: string; today: string }): ProviderFailure {
  const failure = enableBankingFailureOf(answer)
  if (failure.code !== 'window_refused') return failure
  const detail = isRecord(answer.body) ? (JSON.stringify(answer.body['detail']) ?? '') : ''
  const days = [...detail.slice(0, 2000).matchAll(/\d{4}-\d{2}-\d{2}/g)].map(([day]) => day)
  // Beside it the refused day itself and today may be told.
  const [earliest] = days.filter((day) => day > window.from && day < window.today).toSorted()
  return earliest === undefined ? failure : { ...failure, earliest }
}

/** A bank's own refusal may stand one level down, under the provider's general one. */
function codeOf(envelope: RawRow): string {
  const own = (textOf(envelope, 'error') || textOf(envelope, 'code')).toUpperCase()
  const { detail } = envelope
  const inner = isRecord(detail) ? (textOf(detail, 'error') || textOf(detail, 'code')).toUpperCase() : ''
  return inner === 'PERIOD_INVALID' ? inner : own
}

function byStatus(status: number, code: string): Verdict {
  if (status === 429) return { code: 'rate_limited', action: 'wait_until_reset', retryAfterSeconds: DAY }
  if (status === 408) return { code: 'timed_out', action: 'retry_later' }
  if (status >= 500) return { code: 'provider_unavailable', action: 'retry_later' }
  if (status === 401) return { code: 'credentials_refused', action: 'stop_and_tell_operator' }
  if (status === 404) return { code: 'not_found', action: 'resource_unavailable' }
  if (/^PSU_HEADER/.test(code)) return { code: 'bad_request', action: 'fix_request' }
  return status >= 400 ? { code: 'bad_request', action: 'fix_request' } : { code: 'bad_answer', action: 'retry_later' }
}

const entries = (headers: Answer['headers']): [string, string][] =>
  Symbol.iterator in headers ? [...headers].map(([name, value]) => [name, value]) : Object.entries(headers)
