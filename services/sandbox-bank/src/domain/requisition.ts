import { readInstitution } from './agreement.ts'
import { type Institution, type InstitutionOf, institutionOf } from './institutions.ts'
import { fieldError, fieldsError, isUuid, unknownFields } from './wire-error.ts'

/**
 * CR created, GC giving consent, UA at the bank, SA selecting accounts, GA granting access, LN linked, RJ rejected,
 * SU suspended, EX expired (§3.1).
 */
export type RequisitionStatus = 'CR' | 'GC' | 'UA' | 'SA' | 'GA' | 'LN' | 'RJ' | 'SU' | 'EX'

/** A requisition as the wire shows it (gocardless.md §2.4). */
export type Requisition = {
  id: string
  created: string
  redirect: string
  status: RequisitionStatus
  institution_id: string
  agreement: string
  reference: string
  accounts: string[]
  user_language: string
  link: string
  ssn: string | null
  account_selection: boolean
  redirect_immediate: boolean
}

export type RequisitionRequest = {
  institution: Institution
  redirect: string
  agreement: string | null
  reference: string | null
  userLanguage: string
  ssn: string | null
  accountSelection: boolean
  redirectImmediate: boolean
}

const FIELDS = [
  'institution_id',
  'redirect',
  'agreement',
  'reference',
  'user_language',
  'ssn',
  'account_selection',
  'redirect_immediate',
]
const LONGEST_REDIRECT = 1024
const LONGEST_REFERENCE = 256
const LONGEST_SSN = 64

/**
 * The request, its own fields checked; what needs the bank's memory (agreement, reference) is not.
 * @throws WireError 400
 */
export function readRequisitionRequest(
  body: Record<string, unknown>,
  find: InstitutionOf = institutionOf,
): RequisitionRequest {
  const strangers = Object.keys(body).filter((field) => !FIELDS.includes(field))
  if (strangers.length > 0) throw unknownFields(strangers, 'body')
  const missing = ['redirect', 'institution_id'].filter((field) => (body[field] ?? null) === null)
  if (missing.length > 0) {
    throw fieldsError(Object.fromEntries(missing.map((field) => [field, ['This field is required.']])))
  }
  const institution = readInstitution(body['institution_id'], find)
  return {
    institution,
    redirect: readRedirect(body['redirect']),
    agreement: readAgreementId(body['agreement']),
    reference: readReference(body['reference']),
    userLanguage: readLanguage(body['user_language']),
    ssn: readSsn(body['ssn'], institution),
    accountSelection: readSelection(body, institution),
    redirectImmediate: readFlag(body, 'redirect_immediate'),
  }
}

function readSsn(value: unknown, institution: Institution): string | null {
  if (value === undefined || value === null || value === '') return null
  if (!institution.supported_features.includes('ssn_verification')) {
    const detail = `SSN verification not supported for ${institution.id}`
    throw fieldError('ssn', { summary: 'SSN verification not supported', detail })
  }
  if (typeof value !== 'string') throw fieldsError({ ssn: ['Not a valid string.'] })
  if (value.length <= LONGEST_SSN) return value
  throw fieldsError({ ssn: [`Ensure this field has no more than ${LONGEST_SSN} characters.`] })
}

function readSelection(body: Record<string, unknown>, institution: Institution): boolean {
  const wanted = readFlag(body, 'account_selection')
  if (!wanted || institution.supported_features.includes('account_selection')) return wanted
  const detail = `Account selection not supported for ${institution.id}`
  throw fieldError('account_selection', { summary: 'Account selection not supported', detail })
}

/** Why a consent ends without access, by the name the callback carries (gocardless.md §3.2). */
export const CALLBACK_ERRORS = {
  UserCancelledSession: 'User cancelled the session.',
  UnknownError: 'An unknown error occurred.',
  SSNVerificationFailed: 'SSN verification failed.',
  InstitutionTechnicalError: 'A technical error occurred while trying to connect to the institution, please try again.',
  InstitutionTimeoutError: 'A timeout occurred while trying to connect to the institution, please try again.',
  GoCardlessTechnicalError: 'An unexpected error occurred in the GoCardless system.',
  RequisitionLinkReused: 'This link has already been used for authorization and is no longer valid.',
} as const
export type CallbackError = keyof typeof CALLBACK_ERRORS

/** Where the browser goes: `ref` always, `error` and `details` (blanks as +) where it failed. */
export function callbackOf(requisition: Pick<Requisition, 'redirect' | 'reference'>, error?: CallbackError): string {
  const [base = '', ...fragment] = requisition.redirect.split('#')
  let query = `ref=${encodeURIComponent(requisition.reference)}`
  if (error) query += `&error=${error}&details=${encodeURIComponent(CALLBACK_ERRORS[error]).replaceAll('%20', '+')}`
  const joined = `${base}${base.includes('?') ? '&' : '?'}${query}`
  return fragment.length > 0 ? `${joined}#${fragment.join('#')}` : joined
}

/** A link stays good until somebody has decided. */
export function isOpen(requisition: Pick<Requisition, 'status'>): boolean {
  return ['CR', 'GC', 'UA', 'SA'].includes(requisition.status)
}

function readRedirect(value: unknown): string {
  if (value === '') {
    const detail = 'Redirect URL is required'
    throw fieldError('redirect', { summary: 'Redirect URL is required', detail })
  }
  if (isRedirect(value)) return value
  throw fieldError('redirect', INVALID_REDIRECT)
}

export const INVALID_REDIRECT = {
  summary: 'Invalid redirect URI',
  detail: 'Redirect URI must have a valid URI structure',
}

export function isRedirect(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST_REDIRECT && /^https?:\/\/[^\s/?#]+\S*$/i.test(value)
}

function readAgreementId(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value === 'string' && isUuid(value)) return value.toLowerCase()
  const detail =
    `${String(value)} is not a valid EndUserAgreement UUID.  ` +
    'Please specify valid agreement from /api/agreements/enduser/ or create a new one'
  throw fieldError('agreement', { summary: 'Invalid EndUserAgreement ID', detail }, true)
}

function readReference(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value !== 'string') throw fieldsError({ reference: ['Not a valid string.'] })
  if (value.length <= LONGEST_REFERENCE) return value
  throw fieldsError({ reference: [`Ensure this field has no more than ${LONGEST_REFERENCE} characters.`] })
}

function readLanguage(value: unknown): string {
  if (value === undefined || value === null || value === '') return 'EN'
  if (typeof value === 'string' && /^[a-z]{2}$/i.test(value)) return value.toUpperCase()
  throw fieldError('user_language', {
    summary: 'Provided user_language is invalid or not supported',
    detail: `'${String(value)}' is an invalid or unsupported language`,
  })
}

function readFlag(body: Record<string, unknown>, field: string): boolean {
  const value = body[field] ?? false
  if (value === true || value === 'true') return true
  if (value === false || value === 'false') return false
  throw fieldsError({ [field]: ['Must be a valid boolean.'] })
}
