/**
 * Every refusal of a rule, by a stable code. Only the gateway knows which HTTP status a code means;
 * `detail` says what was found, what was expected and what to do, in words, without personal data.
 */
export const refusals = [
  'invalid_input',
  'not_found',
  'connection_not_found',
  'account_not_found',
  'sync_not_found',
  'transaction_not_found',
  'institution_not_found',
  'provider_not_configured',
  'provider_ambiguous',
  'provider_unavailable',
  'provider_refused',
  'provider_not_found',
  'operator_only',
  'quarantined_not_found',
  'keys_invalid',
  'requisition_superseded',
  'consent_without_accounts',
  'consent_ended',
  'connection_not_active',
  'connection_removed',
  'account_ambiguous',
  'account_needed',
  'accounts_differ',
  'currencies_differ',
  'held_not_found',
  'held_decided',
  'held_undecided',
  'held_correction_needed',
  'decision_not_found',
  'nothing_to_split',
  'import_not_found',
  'imported_already',
  'statement_unreadable',
  'statement_too_large',
  'mapping_needed',
  'query_invalid',
  'query_timeout',
  'query_too_large',
  'query_too_costly',
  'query_not_found',
  'query_name_taken',
  'queries_full',
  'logo_not_found',
  'export_not_found',
  'export_running',
  'exports_full',
  'rebuild_not_found',
  'rebuild_running',
  'rebuild_not_compared',
  'rebuild_empty',
  'preference_not_found',
  'preferences_full',
  'attempt_not_yours',
  'quota_exhausted',
  'bank_rests',
  'sync_in_progress',
  'demo_off',
  'username_taken',
  'name_unusable',
  'space_moved',
  'bad_credentials',
  'refresh_missing',
  'refresh_invalid',
  'refresh_reused',
  'logout_token_invalid',
  'registration_closed',
  'invite_needed',
  'invite_invalid',
  'invite_not_found',
  'invites_full',
  'session_not_found',
  'too_many_attempts',
  'too_many_requests',
  'mfa_required',
  'mfa_token_invalid',
  'mfa_refused',
  'mfa_on',
  'mfa_off',
  'mfa_elsewhere',
  'passkeys_off',
  'passkey_refused',
  'passkey_invalid',
  'passkey_not_found',
  'passkeys_full',
  'scope_missing',
  'api_token_not_found',
  'api_tokens_full',
  'unauthenticated',
  'forbidden',
  'conflict',
  'precondition_failed',
  'idempotency_key_reused',
  'payload_too_large',
  'method_not_allowed',
  'unsupported_media_type',
  'overloaded',
  'unavailable',
  'internal',
] as const
export type RefusalCode = (typeof refusals)[number]

export class DomainError extends Error {
  readonly code: RefusalCode
  readonly detail: string
  /** Seconds after which the same call may succeed (429 and 503). */
  readonly retryAfterSeconds: number | undefined
  /** Of the problem document, beside what every one has (RFC 9457, section 3.2). */
  readonly members: Readonly<Record<string, string>> | undefined

  constructor(
    code: RefusalCode,
    detail: string,
    options: { retryAfterSeconds?: number; members?: Readonly<Record<string, string>>; cause?: unknown } = {},
  ) {
    super(`${code}: ${detail}`, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'DomainError'
    this.code = code
    this.detail = detail
    this.retryAfterSeconds = options.retryAfterSeconds
    this.members = options.members
  }
}

export function refuse(code: RefusalCode, detail: string): DomainError {
  return new DomainError(code, detail)
}
