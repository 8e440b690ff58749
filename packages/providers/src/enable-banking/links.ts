import type { CreatedLink, InstitutionDetails, LinkCallback, LinkRequest, LinkState } from '../bank-feed.ts'
import { ProviderError } from '../provider-error.ts'
import type { Call, Reply } from '../transport.ts'
import { Authorization, answerOf, linkStateOf, NewSession, Session } from './answers.ts'
import { institutionIdOf } from './institutions.ts'
import type { LinkRecord, LinkRecords } from './link-records.ts'

export type Send = (call: Call) => Promise<Reply>
export type LinkParts = { send: Send; records: LinkRecords; now(): Date }

const MS_PER_DAY = 86_400_000
/** Clocks differ: a consent that would end a second beyond what the bank allows is refused. */
const MARGIN_MS = 60_000

const sessionPath = (id: string) => `/sessions/${encodeURIComponent(id)}`

export async function createLink(
  { send, records, now }: LinkParts,
  bank: InstitutionDetails,
  input: LinkRequest,
): Promise<CreatedLink> {
  const consentDays = Math.min(input.consentDays, bank.maxConsentDays)
  const psuTypes = bank.psuTypes ?? []
  const wished = input.psuType ?? 'personal'
  const body = {
    access: {
      valid_until: new Date(now().getTime() + consentDays * MS_PER_DAY - MARGIN_MS).toISOString(),
      balances: true,
      transactions: true,
    },
    aspsp: { name: bank.name, country: bank.countries[0] },
    state: input.reference,
    redirect_url: input.redirect,
    psu_type: psuTypes.includes(wished) ? wished : (psuTypes[0] ?? wished),
    ...(input.authMethod === undefined ? {} : { auth_method: input.authMethod }),
    ...(input.language === undefined ? {} : { language: input.language.toLowerCase() }),
  }
  const { url, authorization_id: linkId } = answerOf(Authorization, await send({ method: 'POST', path: '/auth', body }))
  await records.saveLink(linkId, { institutionId: bank.id, accounts: [] })
  const historyDays = Math.min(input.historyDays, bank.maxHistoryDays)
  return { requisitionId: linkId, agreementId: linkId, link: url, historyDays, consentDays }
}

/** A code may be used once and two returns may come at once: one of them exchanges it, the other reads what came. */
export function finishLink(parts: LinkParts, linkId: string, callback: LinkCallback): Promise<LinkState> {
  return parts.records.oneAtATime(linkId, async () => {
    const record = await known(parts, linkId)
    if (record.sessionId !== undefined) {
      // What was cut short after the exchange is made whole.
      await parts.records.saveLink(linkId, record)
      return readSession(parts, record.sessionId)
    }
    if (callback.code !== undefined) return exchangeCode(parts, linkId, record, callback.code)
    if (callback.error === undefined) return notReturned
    return ended(callback.error.toLowerCase() === 'access_denied' ? 'rejected' : 'failed')
  })
}

const notReturned: LinkState = { status: 'created', accounts: [] }
const ended = (status: LinkState['status']): LinkState => ({ status, accounts: [] })

/** Refusals of a code: this attempt is over, and another begins anew (gocardless.md §11). */
const CODE_REFUSED = new Set([
  'EXPIRED_AUTHORIZATION_CODE',
  'WRONG_AUTHORIZATION_CODE',
  'ALREADY_AUTHORIZED',
  'AUTHORIZATION_NOT_PROVIDED',
  'ACCESS_DENIED',
])

async function exchangeCode(parts: LinkParts, linkId: string, record: LinkRecord, code: string): Promise<LinkState> {
  const reply = await parts.send({ method: 'POST', path: '/sessions', body: { code } }).catch((error: unknown) => {
    const reason = error instanceof ProviderError ? error.reason : undefined
    if (reason === 'NO_ACCOUNTS_ADDED') return ended('linked')
    if (reason !== undefined && CODE_REFUSED.has(reason))
      return ended(reason === 'ACCESS_DENIED' ? 'rejected' : 'failed')
    throw error
  })
  if ('status' in reply) return reply
  const session = answerOf(NewSession, reply)
  const { session_id: sessionId, aspsp } = session
  // A code of another bank's consent was brought back in place of the one asked for: nobody wished for it.
  if (aspsp && institutionIdOf(aspsp) !== record.institutionId) {
    await parts.send({ method: 'DELETE', path: sessionPath(sessionId) })
    return ended('failed')
  }
  const accounts = session.accounts.flatMap(({ uid }) => uid ?? [])
  await parts.records.saveLink(linkId, { ...record, sessionId, accounts })
  return readSession(parts, sessionId)
}

export async function readLink(parts: LinkParts, linkId: string): Promise<LinkState> {
  const { sessionId } = await known(parts, linkId)
  return sessionId === undefined ? notReturned : readSession(parts, sessionId)
}

async function known({ records }: LinkParts, linkId: string): Promise<LinkRecord> {
  const record = await records.link(linkId)
  if (record !== undefined) return record
  throw new ProviderError({ code: 'not_found', action: 'not_found', counted: false, spent: false })
}

const OVER: Readonly<Record<string, LinkState['status']>> = {
  EXPIRED_SESSION: 'expired',
  CLOSED_SESSION: 'revoked',
  REVOKED_SESSION: 'revoked',
  SESSION_DOES_NOT_EXIST: 'revoked',
}

async function readSession(parts: LinkParts, sessionId: string): Promise<LinkState> {
  return (await sessionOf(parts, sessionId)).state
}

/** The session as the API tells of it; one that it does not tell of any more is over. */
export async function sessionOf(
  { send }: Pick<LinkParts, 'send'>,
  sessionId: string,
): Promise<{ state: LinkState; raw: Uint8Array }> {
  try {
    const reply = await send({ method: 'GET', path: sessionPath(sessionId) })
    return { state: linkStateOf(answerOf(Session, reply)), raw: reply.bytes }
  } catch (error) {
    const status = error instanceof ProviderError ? OVER[error.reason ?? ''] : undefined
    if (status === undefined) throw error
    return { state: ended(status), raw: new TextEncoder().encode('{}') }
  }
}

/** One that was never returned from has no session: it runs out by itself. */
export function revokeLink({ send, records }: LinkParts, linkId: string): Promise<void> {
  return records.oneAtATime(linkId, async () => {
    const sessionId = (await records.link(linkId))?.sessionId
    if (sessionId !== undefined) {
      await send({ method: 'DELETE', path: sessionPath(sessionId) }).catch((error: unknown) => {
        const isOver = error instanceof ProviderError && (OVER[error.reason ?? ''] ?? error.status === 404)
        if (!isOver) throw error
      })
    }
    await records.forget(linkId)
  })
}
