import { type Aspsp, type AspspName, aspspOf } from './aspsps.ts'
import { Refused, wrongParameter } from './refused.ts'

/** What the application asked for, given back with the session. */
export type Access = { valid_until: string; balances: boolean; transactions: boolean }

/** One attempt at a consent, until its code was exchanged for a session. Instants in ms. */
export type Authorization = {
  id: string
  application: string
  aspsp: AspspName
  psuType: 'personal' | 'business'
  psuIdHash: string
  access: Access
  state: string
  redirect: string
  createdAt: number
  /** As the session's status will be called (gocardless.md §11). */
  status: 'PENDING_AUTHORIZATION' | 'RETURNED_FROM_BANK' | 'AUTHORIZED' | 'CANCELLED'
  code: string | null
  codeIssuedAt: number | null
}

export type AuthorizationRequest = Pick<Authorization, 'aspsp' | 'psuType' | 'access' | 'state' | 'redirect'> & {
  psuId: string | null
}

const LONGEST_STATE = 1024
/** A code is good for one exchange within this time. */
const CODE_LIVES_MS = 10 * 60_000

/** @throws Refused with the code of the first fault found. */
export function readAuthorizationRequest(
  body: Record<string, unknown>,
  { nowMs, redirectUrls }: { nowMs: number; redirectUrls: readonly string[] },
): AuthorizationRequest {
  const aspsp = readAspsp(body['aspsp'])
  const { state, redirect_url: redirect, language, psu_id: psuId } = body
  if (typeof redirect !== 'string') throw wrongParameter('redirect_url: expected a URL')
  if (!redirectUrls.includes(redirect)) throw new Refused('REDIRECT_URI_NOT_ALLOWED')
  if (typeof state !== 'string' || state === '' || state.length > LONGEST_STATE) {
    throw wrongParameter(`state: expected a text of 1 to ${LONGEST_STATE} characters`)
  }
  if (language !== undefined && (typeof language !== 'string' || !/^[a-z]{2}$/.test(language))) {
    throw wrongParameter('language: expected two small letters')
  }
  const psuType = readPsuType(body['psu_type'], aspsp)
  checkMethod(body['auth_method'], aspsp, psuType)
  return {
    aspsp: { name: aspsp.name, country: aspsp.country },
    psuType,
    access: readAccess(body['access'], aspsp, nowMs),
    state,
    redirect,
    psuId: typeof psuId === 'string' ? psuId : null,
  }
}

/** Why the user comes back without a code. */
export type ReturnError = 'access_denied' | 'server_error'

/** Where the browser goes: `code` and `state`, or `error` with its words and `state`. */
export function returnOf(
  { redirect, state, code }: Pick<Authorization, 'redirect' | 'state' | 'code'>,
  failed?: { error: ReturnError; description: string },
): string {
  const target = new URL(redirect)
  if (failed !== undefined) {
    target.searchParams.set('error', failed.error)
    target.searchParams.set('error_description', failed.description)
  } else if (code !== null) target.searchParams.set('code', code)
  target.searchParams.set('state', state)
  return target.href
}

export const isOpen = ({ status }: Pick<Authorization, 'status'>): boolean => status === 'PENDING_AUTHORIZATION'

/** @throws Refused where the code was used before or is too old. */
export function checkCode({ status, codeIssuedAt }: Authorization, nowMs: number): void {
  if (status === 'AUTHORIZED') throw new Refused('ALREADY_AUTHORIZED')
  const age = nowMs - (codeIssuedAt ?? Number.NEGATIVE_INFINITY)
  if (age > CODE_LIVES_MS) throw new Refused('EXPIRED_AUTHORIZATION_CODE')
}

function readAspsp(said: unknown): Aspsp {
  const { name, country } = recordOf(said, 'aspsp')
  if (typeof name !== 'string' || typeof country !== 'string') throw wrongParameter('aspsp: expected name and country')
  const found = aspspOf({ name, country })
  if (found === undefined) throw new Refused('WRONG_ASPSP_PROVIDED')
  return found
}

function readPsuType(said: unknown, { psu_types }: Aspsp): 'personal' | 'business' {
  const found = psu_types.find((type) => type === (said ?? 'personal'))
  if (found === undefined) throw wrongParameter(`psu_type: expected ${psu_types.join(' or ')}`)
  return found
}

function checkMethod(said: unknown, { auth_methods }: Aspsp, psuType: string): void {
  if (said === undefined || said === null) return
  const known = auth_methods.filter(({ psu_type }) => psu_type === psuType).map(({ name }) => name)
  if (typeof said !== 'string' || !known.includes(said)) {
    throw wrongParameter(`auth_method: expected ${known.join(' or ')}`)
  }
}

const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/

function readAccess(said: unknown, { maximum_consent_validity }: Aspsp, nowMs: number): Access {
  const { valid_until: until, balances = true, transactions = true } = recordOf(said, 'access')
  const end = typeof until === 'string' && RFC_3339.test(until) ? Date.parse(until) : Number.NaN
  if (typeof until !== 'string' || Number.isNaN(end)) {
    throw wrongParameter('access.valid_until: expected an RFC 3339 instant with a zone')
  }
  if (end <= nowMs) throw wrongParameter('access.valid_until: expected a moment to come')
  if (end > nowMs + maximum_consent_validity * 1000) {
    throw wrongParameter(`access.valid_until: expected at most ${maximum_consent_validity} seconds from now`)
  }
  return { valid_until: until, balances: balances !== false, transactions: transactions !== false }
}

function recordOf(value: unknown, field: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw wrongParameter(`${field}: expected an object`)
}
