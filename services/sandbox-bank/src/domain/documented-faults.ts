import {
  accessExpired,
  accountNotFound,
  accountSuspended,
  bankError,
  bankRateLimited,
  invalidAccountId,
  noValidAgreement,
  scopeNotAgreed,
} from './account-errors.ts'
import { type Agreement, expiredError } from './agreement.ts'
import type { Fault } from './fault.ts'
import {
  authenticationFailed,
  invalidToken,
  paymentRequired,
  RecordError,
  rateLimited,
  refusal,
  WireError,
} from './wire-error.ts'

/** The call that is struck, as far as the answer speaks of it. */
export type Struck = {
  accountId: string
  /** Of the data asked for; null on other calls. */
  scope: string | null
  agreement: Pick<Agreement, 'id' | 'access_valid_for_days'>
  /** The account's record with this status, which stands in place of an error (AccountStateError). */
  record: (status: string) => Record<string, unknown>
  /** The bank's time, as the wire prints it. */
  now: string
}

export type FaultAnswer = Pick<Fault, 'status' | 'body' | 'headers' | 'delayMs' | 'drop'> & { cut: boolean }

/** Longer than the 20 s for which a client may be expected to wait. */
const SLOW_MS = 25_000
const UNTOUCHED: FaultAnswer = { status: null, body: undefined, headers: {}, delayMs: 0, drop: false, cut: false }

const WENT_WRONG =
  'Something went terribly wrong on our side - please contact support and provide error id: 5b0c2d54b1f64a6c8f0e'

type Answering = (at: Struck) => FaultAnswer

const wire =
  (error: (at: Struck) => WireError): Answering =>
  (at) => {
    const { status, body, headers } = error(at)
    return { ...UNTOUCHED, status, body, headers }
  }
const plain = (status: number, summary: string, detail: string): Answering =>
  wire(() => refusal(status, summary, detail))

const ofBank = (status: number, type: string, detail: string): Answering =>
  wire(({ scope }) => bankError(status, type, scope ?? 'data', detail))

const stateOf = (status: string): Answering => wire(({ record }) => new RecordError(409, record(status)))

const html =
  (status: number, title: string): Answering =>
  () => ({
    ...UNTOUCHED,
    status,
    body: `<html>\r\n<head><title>${status} ${title}</title></head>\r\n<body>\r\n<center><h1>${status} ${title}</h1></center>\r\n<hr><center>cloudflare</center>\r\n</body>\r\n</html>\r\n`,
    headers: { 'content-type': 'text/html', server: 'cloudflare' },
  })

/** Every row of the tables of errors (gocardless.md §1.4, §2.5) and every other way to fail (§13.9), by a name to order it by. */
export const FAULT_KINDS = {
  invalid_account_id: wire(({ accountId }) => invalidAccountId(accountId)),
  eua_expired: wire(({ agreement, now }) => expiredError(agreement, now)),
  /** As the older API gave it. */
  eua_expired_400: wire(({ agreement, now }) => new WireError(400, expiredError(agreement, now).body)),
  access_expired: wire(({ scope }) => accessExpired(scope ?? 'data')),
  account_inactive: ofBank(401, 'AccountInactiveError', 'Account has been deactivated or it no longer exists.'),
  invalid_token: wire(invalidToken),
  authentication_failed: wire(authenticationFailed),
  payment_required: wire(paymentRequired),
  ip_denied: plain(403, 'IP address access denied', "Your IP 203.0.113.7 isn't whitelisted to perform this action"),
  scope_error: wire(({ scope }) => scopeNotAgreed(scope ?? 'transactions')),
  no_valid_agreement: wire(noValidAgreement),
  account_forbidden: ofBank(
    403,
    'AccountAccessForbidden',
    'Access to account is forbidden. The user might not have the necessary permissions.',
  ),
  resource_unavailable: ofBank(
    403,
    'AccountResourceUnavailable',
    'The requested resource is unavailable for this account. Certain resources may be restricted or unsupported for specific accounts.',
  ),
  account_not_found: wire(({ accountId }) => accountNotFound(accountId)),
  account_suspended: wire(accountSuspended),
  account_discovered: stateOf('DISCOVERED'),
  account_processing: stateOf('PROCESSING'),
  account_error: stateOf('ERROR'),
  rate_limited: wire(() => rateLimited('4/day', 85_092)),
  bank_rate_limited: wire(({ scope }) => bankRateLimited(scope ?? 'data')),
  bank_error: ofBank(500, 'UnknownRequestError', 'Request to Institution returned an error'),
  went_wrong: plain(500, WENT_WRONG, WENT_WRONG),
  bank_unavailable: ofBank(503, 'ServiceError', 'Institution service unavailable'),
  bank_unreachable: ofBank(503, 'ConnectionError', "Couldn't connect to Institution"),
  html_502: html(502, 'Bad Gateway'),
  html_504: html(504, 'Gateway Time-out'),
  html_520: html(520, 'Web server is returning an unknown error'),
  slow: () => ({ ...UNTOUCHED, delayMs: SLOW_MS }),
  reset: () => ({ ...UNTOUCHED, drop: true }),
  truncated: () => ({ ...UNTOUCHED, cut: true }),
} satisfies Record<string, Answering>

export type FaultKind = keyof typeof FAULT_KINDS

export function isFaultKind(name: string): name is FaultKind {
  return Object.hasOwn(FAULT_KINDS, name)
}
