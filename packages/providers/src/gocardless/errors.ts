import type { AccessScope, ProviderAction, ProviderErrorCode, ProviderFailure } from '../provider-error.ts'
import { type ErrorEnvelope, errorEnvelopeOf, withoutIds } from './error-envelope.ts'
import { type HeaderList, rateLimitsOf, retryAfterSeconds } from './rate-limit.ts'

export interface Answer {
  status: number
  headers: Readonly<Record<string, string>> | HeaderList
  /** Parsed JSON; any other value for a body that is none. */
  body: unknown
}

const MINUTES_5 = 300
const DAY = 86_400

interface Verdict {
  code: ProviderErrorCode
  action: ProviderAction
  counted?: boolean
  retryAfterSeconds?: number
  /** The bank may have been asked: whether it cost quota is not known. */
  unknownWhetherSpent?: boolean
}

const verdict = (
  code: ProviderErrorCode,
  action: ProviderAction,
  more: Omit<Verdict, 'code' | 'action'> = {},
): Verdict => ({
  code,
  action,
  ...more,
})

/** Errors of the bank's side by their `type`; those that mean "reconnect" count towards suspension (§3.3). */
const BY_TYPE: Readonly<Record<string, Verdict>> = {
  AccessExpiredError: verdict('access_expired', 'reauthorise', { counted: true }),
  AccountInactiveError: verdict('account_inactive', 'close_account', { counted: true }),
  AccountAccessForbidden: verdict('account_forbidden', 'resource_unavailable', { counted: true }),
  AccountResourceUnavailable: verdict('resource_unavailable', 'resource_unavailable'),
  UnknownRequestError: verdict('bank_error', 'retry_later', { counted: true }),
  ServiceError: verdict('bank_unavailable', 'retry_later'),
  ConnectionError: verdict('bank_unavailable', 'retry_later'),
}

/** What an answer other than success means and what to do: the table of gocardless.md §7, summary before status. */
export function failureOf(answer: Answer): ProviderFailure {
  const envelope = errorEnvelopeOf(answer.body)
  const { unknownWhetherSpent, ...found } = verdictOf(answer, envelope)
  const summary = withoutIds(envelope.summary)
  const scopes = offeredScopes(envelope)
  return {
    counted: false,
    // Only successful calls cost quota (§6); an edge that gave up does not know whether the call behind it succeeded.
    spent: unknownWhetherSpent === true ? 'unknown' : false,
    ...found,
    status: answer.status,
    ...(summary === undefined ? {} : { summary }),
    fields: envelope.fields,
    ...(scopes === undefined ? {} : { scopes }),
  }
}

const SCOPES: readonly AccessScope[] = ['balances', 'details', 'transactions']

/** A bank that does not offer all scopes names those that it does (§2.3). */
function offeredScopes({ fields, detail }: ErrorEnvelope): AccessScope[] | undefined {
  if (!fields.includes('access_scope')) return undefined
  const offered = /supported by the institution are \[([^\]]{0,200})\]/i.exec(detail)?.[1]
  return offered === undefined ? undefined : SCOPES.filter((scope) => offered.includes(scope))
}

function verdictOf(answer: Answer, envelope: ErrorEnvelope): Verdict {
  const { summary, type } = envelope
  if (saysExpired(summary)) return verdict('consent_expired', 'reauthorise', { counted: true })
  if (answer.status === 429 || type === 'RateLimitError') return rateLimited(answer, envelope)
  const byType = BY_TYPE[type]
  if (byType !== undefined) return byType
  return answer.status >= 500 ? serverSide(answer) : clientSide(answer.status, envelope)
}

/** In this order, whatever stands between; looked for without a pattern, which would try every beginning again. */
function saysExpired(summary: string): boolean {
  const words = summary.toLowerCase()
  const at = words.indexOf('end user agreement')
  return at >= 0 && words.includes('expired', at)
}

function rateLimited({ headers }: Answer, { detail, type }: ErrorEnvelope): Verdict {
  const limits = rateLimitsOf(Symbol.iterator in headers ? headers : Object.entries(headers))
  const code = type === 'RateLimitError' ? 'bank_rate_limited' : 'rate_limited'
  return verdict(code, 'wait_until_reset', { retryAfterSeconds: retryAfterSeconds(limits, detail) })
}

/** Any 500 may be one that counts: taken for less, retries by the minute would have the account suspended (§3.3). */
function serverSide({ status, body }: Answer): Verdict {
  const fromTheApi = typeof body === 'object' && body !== null
  const counted = status === 500
  return verdict('provider_unavailable', 'retry_later', { counted, unknownWhetherSpent: !fromTheApi })
}

function clientSide(status: number, envelope: ErrorEnvelope): Verdict {
  const { summary } = envelope
  switch (status) {
    case 400:
      return verdict('bad_request', 'fix_request')
    case 401:
      return /^authentication failed/i.test(summary)
        ? verdict('credentials_refused', 'refresh_token_and_retry_once')
        : verdict('token_invalid', 'refresh_token_and_retry_once')
    case 402:
      return verdict('payment_required', 'stop_and_tell_operator')
    case 403:
      return forbidden(summary)
    case 404:
      return verdict('not_found', 'not_found')
    case 409:
      return conflict(envelope)
    default:
      return status >= 400
        ? verdict('bad_request', 'fix_request')
        : verdict('bad_answer', 'retry_later', { unknownWhetherSpent: true })
  }
}

function forbidden(summary: string): Verdict {
  if (/ip address/i.test(summary)) return verdict('ip_denied', 'stop_and_tell_operator')
  if (/access scope/i.test(summary)) return verdict('scope_missing', 'reauthorise')
  if (/no valid end user agreement/i.test(summary)) return verdict('consent_missing', 'reauthorise')
  return verdict('forbidden', 'stop_and_tell_operator')
}

/** Either an envelope, or the account's record instead of one (§2.5). */
function conflict({ summary, accountStatus }: ErrorEnvelope): Verdict {
  if (/suspended/i.test(summary) || accountStatus === 'SUSPENDED') return verdict('account_suspended', 'reauthorise')
  if (accountStatus === 'EXPIRED') return verdict('access_expired', 'reauthorise')
  if (accountStatus === 'ERROR') {
    return verdict('account_error', 'pause_and_check_account', { retryAfterSeconds: DAY })
  }
  return verdict('account_preparing', 'retry_later', { retryAfterSeconds: MINUTES_5 })
}
