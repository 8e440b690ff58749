import { DAY_MS } from './days.ts'
import { type Institution, type InstitutionOf, institutionOf, RECONFIRMATION } from './institutions.ts'
import { fieldError, fieldsError, refusal, type WireError } from './wire-error.ts'

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

/** What is agreed on where nobody asks for more. */
export const DEFAULT_DAYS = 90

/** What a bank says of scopes beyond the three that there are; an empty list is no rule. */
export type ScopeRules = { supported: Scope[]; mandatory: Scope[]; together: Scope[] }
export const NO_SCOPE_RULES: ScopeRules = { supported: [], mandatory: [], together: [] }

/** What a request is read against: the banks there are, and what our company may ask for. */
export type AgreementRules = {
  institutionOf: InstitutionOf
  scopesOf: (institutionId: string) => ScopeRules
  mayReconfirm: boolean
}
const PLAIN_RULES: AgreementRules = { institutionOf, scopesOf: () => NO_SCOPE_RULES, mayReconfirm: true }

/** The request with its defaults filled in. @throws WireError 400 or 403 with the documented body of the first fault found. */
export function readAgreementRequest(body: Record<string, unknown>, rules = PLAIN_RULES): AgreementRequest {
  const institution = readInstitution(body['institution_id'], rules.institutionOf)
  const reconfirmation = readReconfirmation(body['reconfirmation'], institution, rules.mayReconfirm)
  const accessDays = readAccessDays(body['access_valid_for_days'], institution, reconfirmation)
  if (reconfirmation && accessDays <= DEFAULT_DAYS) {
    const detail = `Reconfirmation is not allowed when access_valid_for_days <= ${DEFAULT_DAYS} days.`
    throw fieldError('reconfirmation', { summary: 'Reconfirmation is not allowed', detail })
  }
  return {
    institution_id: institution.id,
    max_historical_days: readHistoryDays(body['max_historical_days'], institution),
    access_valid_for_days: accessDays,
    access_scope: readScope(body['access_scope'], rules.scopesOf(institution.id)),
    reconfirmation,
  }
}

/** @throws WireError 400 where the field is missing or names no institution. */
export function readInstitution(value: unknown, find: InstitutionOf): Institution {
  if (value === undefined || value === null) throw fieldsError({ institution_id: ['This field is required.'] })
  const institution = typeof value === 'string' ? find(value) : undefined
  if (institution) return institution
  throw fieldError('institution_id', {
    summary: `Unknown Institution ID ${String(value)}`,
    detail: 'Get Institution IDs from /institutions/?country={$COUNTRY_CODE}',
  })
}

function readReconfirmation(value: unknown, institution: Institution, mayReconfirm: boolean): boolean {
  const wanted = value === 'true' ? true : value === 'false' ? false : (value ?? false)
  if (typeof wanted !== 'boolean') throw fieldsError({ reconfirmation: ['Must be a valid boolean.'] })
  if (!wanted) return false
  if (!institution.supported_features.includes(RECONFIRMATION)) {
    const detail = `Reconfirmation not supported for ${institution.id}`
    throw fieldError('reconfirmation', { summary: 'Reconfirmation not supported', detail })
  }
  if (!mayReconfirm) throw refusal(403, '', 'You do not have permission to enable reconfirmation.')
  return true
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
export function expiredError(agreement: Pick<Agreement, 'id' | 'access_valid_for_days'>, end: string): WireError {
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

function readAccessDays(value: unknown, institution: Institution, reconfirmation: boolean): number {
  const longest = reconfirmation ? institution.max_access_valid_for_days_reconfirmation : undefined
  const most = Number(longest ?? institution.max_access_valid_for_days)
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

function readScope(value: unknown, rules: ScopeRules): Scope[] {
  const offered = rules.supported.length > 0 ? rules.supported : SCOPES
  if (value === undefined) return [...offered]
  if (!Array.isArray(value)) throw fieldsError({ access_scope: ['Expected a list of items but got type "str".'] })
  if (value.length === 0) {
    throw fieldError('access_scope', {
      summary: "Field 'access_scope' may not be an empty list.",
      detail: `Please choose one or several of ${namesOf(SCOPES)}.`,
    })
  }
  const stranger = value.find((scope) => !SCOPES.some((known) => known === scope))
  if (stranger !== undefined) {
    throw scopeError(
      `Unknown value '${String(stranger)}' in access_scope`,
      `Choose one or several from ${namesOf(SCOPES)}`,
    )
  }
  const asked = SCOPES.filter((scope) => value.includes(scope))
  checkScopes(asked, offered, rules)
  return asked
}

/** @throws WireError 400 where the bank gives these scopes not, or not so. */
function checkScopes(asked: readonly Scope[], offered: readonly Scope[], { mandatory, together }: ScopeRules): void {
  const refused = asked.filter((scope) => !offered.includes(scope))
  if (refused.length > 0) {
    const detail =
      `The access scopes supported by the institution are ${namesOf(offered)}. ` +
      `The following scopes are not supported: ${namesOf(refused)}`
    throw scopeError('Unsupported access scope selected.', detail)
  }
  const dependencies = 'Institution access scope dependencies error'
  const some = together.filter((scope) => asked.includes(scope))
  if (some.length > 0 && some.length < together.length) {
    const detail = `For this institution the following scopes are required together: ${namesOf(together)}`
    throw scopeError(dependencies, detail)
  }
  if (mandatory.some((scope) => !asked.includes(scope))) {
    throw scopeError(dependencies, `The following scopes are mandatory for this institution: ${namesOf(mandatory)}`)
  }
}

function scopeError(summary: string, detail: string): WireError {
  return fieldError('access_scope', { summary, detail }, true)
}

function namesOf(scopes: readonly Scope[]): string {
  return `[${scopes.map((scope) => `'${scope}'`).join(', ')}]`
}
