import { DAY_MS } from './days.ts'
import { type Institution, institutionOf } from './institutions.ts'
import { type Complaint, fieldError, fieldsError, refusal, type WireError } from './wire-error.ts'

export const SCOPES = ['balances', 'details', 'transactions'] as const
export type Scope = (typeof SCOPES)[number]

/** An end-user agreement as the wire shows it (gocardless.md §2.3). */
export type Agreement = {
  id: string
  created: string
  institution_id: string
  max_historical_days: number
  access_valid_for_days: number
  access_scope: Scope[]
  accepted: string | null
  reconfirmation: boolean
}

export type AgreementRequest = Pick<
  Agreement,
  'institution_id' | 'max_historical_days' | 'access_valid_for_days' | 'access_scope' | 'reconfirmation'
>

const DEFAULT_DAYS = 90

/** The request with its defaults filled in. @throws WireError 400 with the documented body of the first fault found. */
export function readAgreementRequest(body: Record<string, unknown>): AgreementRequest {
  const institution = readInstitution(body['institution_id'])
  const reconfirmation = body['reconfirmation'] ?? false
  if (typeof reconfirmation !== 'boolean') throw fieldsError({ reconfirmation: ['Must be a valid boolean.'] })
  if (reconfirmation) {
    const detail = `Reconfirmation not supported for ${institution.id}`
    throw fieldError('reconfirmation', { summary: 'Reconfirmation not supported', detail })
  }
  return {
    institution_id: institution.id,
    max_historical_days: readHistoryDays(body['max_historical_days'], institution),
    access_valid_for_days: readAccessDays(body['access_valid_for_days'], institution),
    access_scope: readScope(body['access_scope']),
    reconfirmation,
  }
}

/** @throws WireError 400 where the field is missing or names no institution. */
export function readInstitution(value: unknown): Institution {
  if (value === undefined || value === null) throw fieldsError({ institution_id: ['This field is required.'] })
  const institution = typeof value === 'string' ? institutionOf(value) : undefined
  if (institution) return institution
  throw fieldError('institution_id', {
    summary: `Unknown Institution ID ${String(value)}`,
    detail: 'Get Institution IDs from /institutions/?country={$COUNTRY_CODE}',
  })
}

/** The instant (ms) at which the access ends; null as long as nobody has accepted. */
export function accessEnd(agreement: Agreement): number | null {
  if (agreement.accepted === null) return null
  return Date.parse(agreement.accepted) + agreement.access_valid_for_days * DAY_MS
}

export function hasExpired(agreement: Agreement, nowMs: number): boolean {
  const end = accessEnd(agreement)
  return end !== null && nowMs > end
}

/** 401 of every data call once the access has ended. */
export function expiredError(agreement: Agreement, end: string): WireError {
  return refusal(
    401,
    `End User Agreement (EUA) ${agreement.id} has expired`,
    `EUA was valid for ${agreement.access_valid_for_days} days and it expired at ${end}. ` +
      'The end user must connect the account once more with new EUA and Requisition',
  )
}

function readHistoryDays(value: unknown, institution: Institution): number {
  const most = Number(institution.transaction_total_days)
  const days = readDays('max_historical_days', value, Math.min(DEFAULT_DAYS, most))
  if (days > 0 && days <= most) return days
  throw fieldError('max_historical_days', {
    summary: 'Incorrect max_historical_days',
    detail: `max_historical_days must be > 0 and <= ${institution.id} transaction_total_days (${most})`,
  })
}

function readAccessDays(value: unknown, institution: Institution): number {
  const most = Number(institution.max_access_valid_for_days)
  const days = readDays('access_valid_for_days', value, Math.min(DEFAULT_DAYS, most))
  if (days > 0 && days <= most) return days
  throw fieldError('access_valid_for_days', {
    summary: 'Incorrect access_valid_for_days',
    detail: `access_valid_for_days must be > 0 and <= ${most}`,
  })
}

function readDays(field: string, value: unknown, otherwise: number): number {
  if (value === undefined) return otherwise
  const days = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value
  if (typeof days !== 'number' || !Number.isInteger(days))
    throw fieldsError({ [field]: ['A valid integer is required.'] })
  return days
}

function readScope(value: unknown): Scope[] {
  if (value === undefined) return [...SCOPES]
  if (!Array.isArray(value)) throw fieldsError({ access_scope: ['Expected a list of items but got type "str".'] })
  if (value.length === 0) {
    throw fieldError('access_scope', {
      summary: "Field 'access_scope' may not be an empty list.",
      detail: `Please choose one or several of ${scopeNames()}.`,
    })
  }
  const stranger = value.find((scope) => !SCOPES.some((known) => known === scope))
  if (stranger === undefined) return SCOPES.filter((scope) => value.includes(scope))
  const complaint: Complaint = {
    summary: `Unknown value '${String(stranger)}' in access_scope`,
    detail: `Choose one or several from ${scopeNames()}`,
  }
  throw fieldError('access_scope', complaint, true)
}

function scopeNames(): string {
  return `[${SCOPES.map((scope) => `'${scope}'`).join(', ')}]`
}
