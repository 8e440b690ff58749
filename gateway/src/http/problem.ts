import { DomainError, type RefusalCode, type Rest } from '@pf/contracts'

/** The one place that knows which HTTP status a refusal means. */
export const statusOf: Readonly<Record<RefusalCode, number>> = {
  invalid_input: 422,
  not_found: 404,
  connection_not_found: 404,
  account_not_found: 404,
  sync_not_found: 404,
  transaction_not_found: 404,
  institution_not_found: 404,
  provider_not_configured: 409,
  provider_ambiguous: 422,
  provider_unavailable: 503,
  provider_refused: 409,
  provider_not_found: 404,
  operator_only: 403,
  quarantined_not_found: 404,
  keys_invalid: 422,
  requisition_superseded: 409,
  consent_without_accounts: 409,
  consent_ended: 409,
  connection_not_active: 409,
  connection_removed: 409,
  account_ambiguous: 409,
  account_needed: 422,
  accounts_differ: 422,
  currencies_differ: 422,
  held_not_found: 404,
  held_decided: 409,
  held_undecided: 404,
  held_correction_needed: 422,
  decision_not_found: 404,
  nothing_to_split: 409,
  import_not_found: 404,
  imported_already: 409,
  statement_unreadable: 422,
  statement_too_large: 413,
  mapping_needed: 422,
  query_invalid: 422,
  query_timeout: 422,
  query_too_large: 422,
  query_too_costly: 422,
  query_not_found: 404,
  query_name_taken: 409,
  queries_full: 409,
  logo_not_found: 404,
  export_not_found: 404,
  export_running: 409,
  exports_full: 409,
  rebuild_not_found: 404,
  rebuild_running: 409,
  rebuild_not_compared: 409,
  rebuild_empty: 409,
  preference_not_found: 404,
  preferences_full: 409,
  attempt_not_yours: 404,
  quota_exhausted: 429,
  bank_rests: 429,
  sync_in_progress: 409,
  demo_off: 404,
  username_taken: 409,
  name_unusable: 403,
  space_moved: 403,
  bad_credentials: 401,
  refresh_missing: 401,
  refresh_invalid: 401,
  refresh_reused: 401,
  // As OpenID Connect Back-Channel Logout 1.0, section 2.8, has it.
  logout_token_invalid: 400,
  registration_closed: 403,
  invite_needed: 403,
  invite_invalid: 403,
  invite_not_found: 404,
  invites_full: 409,
  session_not_found: 404,
  too_many_attempts: 429,
  too_many_requests: 429,
  mfa_required: 401,
  mfa_token_invalid: 401,
  mfa_refused: 401,
  mfa_on: 409,
  mfa_off: 409,
  mfa_elsewhere: 409,
  passkeys_off: 409,
  passkey_refused: 401,
  passkey_invalid: 422,
  passkey_not_found: 404,
  passkeys_full: 409,
  scope_missing: 403,
  api_token_not_found: 404,
  api_tokens_full: 409,
  unauthenticated: 401,
  forbidden: 403,
  conflict: 409,
  precondition_failed: 412,
  idempotency_key_reused: 422,
  payload_too_large: 413,
  method_not_allowed: 405,
  unsupported_media_type: 415,
  overloaded: 503,
  unavailable: 503,
  internal: 500,
}

export type PointedError = { pointer: string; detail: string }

/** A refused request, with the places in it that were wrong. */
export class InvalidRequest extends DomainError {
  readonly errors: PointedError[]
  constructor(detail: string, errors: PointedError[]) {
    super('invalid_input', detail)
    this.errors = errors
  }
}

const words = (code: string): string => code.replaceAll('_', ' ').replace(/^./, (c) => c.toUpperCase())

/** Any error as RFC 9457; what is not a refusal of ours says nothing of its insides. */
export function problemOf(error: unknown): Rest.Problem & { retryAfterSeconds?: number } {
  const known = error instanceof DomainError ? error : frameworkError(error)
  const problem: Rest.Problem & { retryAfterSeconds?: number } = {
    ...known.members,
    type: `urn:personal-finances:problem:${known.code}`,
    title: words(known.code),
    status: statusOf[known.code],
    detail: known.detail,
    code: known.code,
  }
  if (known instanceof InvalidRequest) problem.errors = known.errors
  const { retryAfterSeconds } = known
  if (retryAfterSeconds !== undefined) problem.retryAfterSeconds = retryAfterSeconds
  else if (problem.status === 503 || problem.code === 'too_many_requests') problem.retryAfterSeconds = 5
  return problem
}

/** What Fastify and Nest throw by themselves: their text is not kept. */
function frameworkError(error: unknown): DomainError {
  const status = statusCode(error)
  if (status === 413) return new DomainError('payload_too_large', 'The body is larger than 1 MB. Send less at a time.')
  if (status === 415) {
    return new DomainError(
      'unsupported_media_type',
      'The body is not JSON. Send JSON with content type application/json.',
    )
  }
  if (status === 404) {
    return new DomainError('not_found', 'There is nothing at this address. /docs lists what there is.')
  }
  if (status !== undefined && status >= 400 && status < 500) {
    return new DomainError(
      'invalid_input',
      'The request could not be read. Send one JSON document, whole and well-formed.',
    )
  }
  return new DomainError(
    'internal',
    'Something went wrong here. It was logged; try again, and tell the operator if it stays.',
  )
}

function statusCode(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined
  if ('statusCode' in error && typeof error.statusCode === 'number') return error.statusCode
  if ('getStatus' in error && typeof error.getStatus === 'function') return Number(error.getStatus())
  return undefined
}
