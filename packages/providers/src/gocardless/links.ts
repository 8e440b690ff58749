import type { Static } from 'typebox'
import type { CreatedLink, InstitutionDetails, LinkRequest, LinkState } from '../bank-feed.ts'
import { type AccessScope, ProviderError } from '../provider-error.ts'
import type { Call, Reply } from '../transport.ts'
import { AgreementAnswer, answerOf, instantOf, RequisitionAnswer } from './answers.ts'
import { linkStatusOf } from './callback.ts'
import { readReconfirmation } from './reconfirmation.ts'

export type Send = (call: Call) => Promise<Reply>

export const requisitionPath = (id: string) => `/requisitions/${encodeURIComponent(id)}/`
export const agreementPath = (id: string) => `/agreements/enduser/${encodeURIComponent(id)}/`

/** What every bank grants; and all that one with separate continuous history should be asked for (§3.4). */
const SAFE_DAYS = 90
const SEPARATE_HISTORY = 'separate_continuous_history_consent'
const RECONFIRMATION = 'reconfirmation_of_consent'
const ACCOUNT_SELECTION = 'account_selection'
const ALL_SCOPES: readonly AccessScope[] = ['balances', 'details', 'transactions']

type Terms = {
  historyDays: number
  consentDays: number
  reconfirmation: boolean
  scopes: readonly AccessScope[]
}

export async function createLink(send: Send, bank: InstitutionDetails, input: LinkRequest): Promise<CreatedLink> {
  const agreement = await createAgreement(send, bank, input)
  const { id, link } = await createRequisition(send, bank, input, agreement.id)
  if (!link)
    throw new ProviderError({ code: 'bad_answer', action: 'retry_later', counted: false, spent: false, status: 201 })
  return {
    requisitionId: id,
    agreementId: agreement.id,
    link,
    historyDays: agreement.max_historical_days,
    consentDays: agreement.access_valid_for_days,
    ...(agreement.reconfirmation === true ? { reconfirmation: true } : {}),
  }
}

/** What a requisition may ask for besides; none of it keeps anybody from consenting where it is refused. */
type Extras = { user_language?: string; account_selection?: true }

async function createRequisition(send: Send, bank: InstitutionDetails, input: LinkRequest, agreement: string) {
  const { institutionId: institution_id, redirect, reference, language } = input
  let extras: Extras = {
    ...(language === undefined ? {} : { user_language: language }),
    // The user shares no more accounts than they choose to, where the bank lets them choose.
    ...(bank.features.includes(ACCOUNT_SELECTION) ? { account_selection: true } : {}),
  }
  for (;;) {
    const body = { institution_id, redirect, agreement, reference, ...extras }
    try {
      return answerOf(RequisitionAnswer, await send({ method: 'POST', path: '/requisitions/', body }))
    } catch (error) {
      const fewer = error instanceof ProviderError ? without(extras, error.fields) : undefined
      if (fewer === undefined) throw error
      extras = fewer
    }
  }
}

/** Undefined where the refusal is about none of them. */
function without(extras: Extras, refused: readonly string[]): Extras | undefined {
  const kept = Object.entries(extras).filter(([field]) => !refused.includes(field))
  return kept.length < Object.keys(extras).length ? Object.fromEntries(kept) : undefined
}

/** As long as is wished for and the bank announces (§2.3, "Choosing parameters"). */
function termsOf(bank: InstitutionDetails, input: LinkRequest): Terms {
  const longestHistory = bank.features.includes(SEPARATE_HISTORY) ? SAFE_DAYS : bank.maxHistoryDays
  const reconfirmed = bank.features.includes(RECONFIRMATION) ? (bank.maxConsentDaysReconfirmed ?? 0) : 0
  // Reconfirmation is not allowed for 90 days or fewer.
  const reconfirmation = input.reconfirmation === true && reconfirmed > SAFE_DAYS
  return {
    historyDays: Math.min(input.historyDays, longestHistory),
    consentDays: reconfirmation ? reconfirmed : Math.min(input.consentDays, bank.maxConsentDays),
    reconfirmation,
    scopes: ALL_SCOPES,
  }
}

/** A bank may refuse what it announces: each refusal gives up what it is about, once. */
async function createAgreement(
  send: Send,
  bank: InstitutionDetails,
  input: LinkRequest,
): Promise<Static<typeof AgreementAnswer>> {
  const plainDays = Math.min(input.consentDays, bank.maxConsentDays)
  let terms = termsOf(bank, input)
  for (;;) {
    try {
      return await askForAgreement(send, input.institutionId, terms)
    } catch (error) {
      const less = error instanceof ProviderError ? lessOf(terms, error, plainDays) : undefined
      if (less === undefined) throw error
      terms = less
    }
  }
}

async function askForAgreement(send: Send, institutionId: string, terms: Terms) {
  const body = {
    institution_id: institutionId,
    max_historical_days: terms.historyDays,
    access_valid_for_days: terms.consentDays,
    access_scope: terms.scopes,
    ...(terms.reconfirmation ? { reconfirmation: true } : {}),
  }
  return answerOf(AgreementAnswer, await send({ method: 'POST', path: '/agreements/enduser/', body }))
}

/** Undefined where the refusal is not about the terms, or nothing is left to give up. */
function lessOf(terms: Terms, { code, fields, scopes }: ProviderError, plainDays: number): Terms | undefined {
  if (code !== 'bad_request' && code !== 'forbidden') return undefined
  if (terms.reconfirmation && (code === 'forbidden' || fields.includes('reconfirmation'))) {
    return { ...terms, reconfirmation: false, consentDays: plainDays }
  }
  if (code === 'forbidden' || fields.includes('institution_id')) return undefined
  if (fields.includes('access_scope')) {
    const offered = terms.scopes.filter((scope) => scopes?.includes(scope))
    const useful = offered.includes('transactions') && offered.length < terms.scopes.length
    return useful ? { ...terms, scopes: offered } : undefined
  }
  const safe = {
    historyDays: Math.min(terms.historyDays, SAFE_DAYS),
    consentDays: Math.min(terms.consentDays, SAFE_DAYS),
  }
  const isShorter = safe.historyDays < terms.historyDays || safe.consentDays < terms.consentDays
  return isShorter ? { ...terms, ...safe, reconfirmation: false } : undefined
}

export async function readLink(send: Send, requisitionId: string): Promise<LinkState> {
  const requisition = answerOf(RequisitionAnswer, await send({ method: 'GET', path: requisitionPath(requisitionId) }))
  const status = linkStatusOf(requisition.status)
  const { accounts, reference } = requisition
  const granted = status === 'linked' || status === 'expired' || status === 'suspended'
  const span = granted && requisition.agreement ? await readSpan(send, requisition.agreement) : {}
  return { status, accounts, reference, ...span }
}

const MS_PER_DAY = 86_400_000
/** A consent with confirmations needs one in every 90 days. */
const RECONFIRM_MS = 90 * MS_PER_DAY

type Span = Pick<LinkState, 'grantedAt' | 'expiresAt' | 'reconfirmBy'>

/** Access ends at `accepted` + `access_valid_for_days` for all accounts of the link (§2.3). */
async function readSpan(send: Send, agreementId: string): Promise<Span> {
  const agreement = answerOf(AgreementAnswer, await send({ method: 'GET', path: agreementPath(agreementId) }))
  const grantedAt = agreement.accepted ? instantOf(agreement.accepted) : undefined
  if (grantedAt === undefined) return {}
  const endMs = Date.parse(grantedAt) + agreement.access_valid_for_days * MS_PER_DAY
  const span = { grantedAt, expiresAt: new Date(endMs).toISOString() }
  if (agreement.reconfirmation !== true) return span
  const last = await readReconfirmation(send, agreementId)
  const confirmedAt = [grantedAt, last?.reconfirmedAt].flatMap((at) => (at === undefined ? [] : [Date.parse(at)]))
  const byMs = Math.max(...confirmedAt) + RECONFIRM_MS
  return byMs < endMs ? { ...span, reconfirmBy: new Date(byMs).toISOString() } : span
}
