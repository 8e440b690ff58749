import {
  type CompletionView,
  DomainError,
  type Done,
  type InputOf,
  instant,
  type LeftOut,
  type requests,
} from '@pf/contracts'
import { sha256 } from '@pf/eventing'
import { type LinkState, ProviderError } from '@pf/providers'
import type { Connection, Examined } from '../domain/connection.ts'
import { leftOutError } from '../domain/left-out.ts'
import { configured } from './institutions.ts'
import { examinedAccounts } from './linked-accounts.ts'
import type { Parts } from './parts.ts'
import { providerRefusal } from './provider-refusal.ts'

type Input = InputOf<typeof requests.connection.complete>
type Existing = Exclude<Connection, { status: 'unknown' | 'removed' }>
/** One attempt at a consent, and whether the caller may speak for it. */
type Attempt = { spaceId: string; connectionId: string; requisitionId: string; cookieFits: boolean }
type Ends = { outcome: CompletionView['outcome']; error?: string }

/** Errors that a browser brings back (gocardless.md §3.2: an open set), in words. */
const returned: Readonly<Record<string, string>> = {
  UserCancelledSession: 'The consent was cancelled at the bank.',
  SSNVerificationFailed: 'The bank could not verify the identity number.',
  InstitutionTechnicalError: 'The bank had a technical problem. Try again later.',
  InstitutionTimeoutError: 'The bank did not answer in time. Try again later.',
  GoCardlessTechnicalError: 'The bank data provider had a technical problem. Try again later.',
  RequisitionLinkReused: 'This link was used before. Start again.',
}
const notGiven = 'The bank did not grant access. Start again.'

/**
 * The browser's return from the bank. It proves nothing by itself: only the attempt's own browser or the connection's owner
 * may speak, and only what the provider says of the requisition links. Safe to repeat.
 */
export async function completeConsent(parts: Parts, input: Input): Promise<Done<CompletionView>> {
  const unknown: CompletionView = { outcome: 'unknown', connection_id: null, error: null }
  const attempt = await attemptOf(parts, input)
  if (attempt === undefined) return unknown
  const { spaceId, connectionId } = attempt
  const { state } = await parts.connections.load({ spaceId, aggregateId: connectionId })
  if (state.status === 'unknown' || state.status === 'removed') return unknown
  const owner = input.userId !== undefined && input.userId === state.requestedBy
  if (!attempt.cookieFits && !owner) return refusedView(input, attempt, state)
  const { position, ...ends } = await settle(parts, attempt, state, input.error)
  return {
    outcome: ends.outcome,
    connection_id: connectionId,
    error: ends.error ?? null,
    ...(await parts.shown(position)),
  }
}

/** Who may not speak for an attempt learns no more than what to do next; nothing is changed. */
function refusedView({ userId, reference }: Input, attempt: Attempt, state: Existing): CompletionView {
  if (reference === undefined) return { outcome: 'unknown', connection_id: null, error: null }
  if (userId !== undefined) return { outcome: 'not_yours', connection_id: null, error: null }
  // A return that is repeated after its cookie was used up is no mystery.
  const stands = state.status === 'active' && state.consent.requisitionId === attempt.requisitionId
  return { outcome: stands ? 'linked' : 'sign_in', connection_id: attempt.connectionId, error: null }
}

async function attemptOf({ views }: Parts, { reference, id, attempt }: Input): Promise<Attempt | undefined> {
  if (reference !== undefined) {
    const [row] = await views.consentAttempts.find({ where: { referenceSha256: sha256(reference) }, limit: 1 })
    if (row === undefined) return undefined
    const cookieFits = attempt !== undefined && sha256(attempt) === row.attemptSha256
    return { spaceId: row.spaceId, connectionId: row.connectionId, requisitionId: row.requisitionId, cookieFits }
  }
  // By id, the owner confirms what waits (or stands) without the reference.
  const [row] = id === undefined ? [] : await views.connections.find({ where: { connectionId: id }, limit: 1 })
  const requisitionId = row?.awaitingRequisitionId ?? row?.requisitionId
  if (row === undefined || requisitionId == null) return undefined
  return { spaceId: row.spaceId, connectionId: row.connectionId, requisitionId, cookieFits: false }
}

type Settled = Ends & { position?: string | undefined }

async function settle(parts: Parts, attempt: Attempt, state: Existing, error: string | undefined): Promise<Settled> {
  const { requisitionId } = attempt
  if (state.status === 'active' && state.consent.requisitionId === requisitionId) return { outcome: 'linked' }
  if (state.awaiting?.requisitionId !== requisitionId) return refusedBy(error)
  const link = await linkOf(parts, state.provider, requisitionId)
  switch (link?.status) {
    case 'linked':
      return confirm(parts, attempt, state, link)
    case 'created':
    case 'in_progress':
      return error === undefined ? { outcome: 'pending' } : end(parts, attempt, refusedBy(error))
    default:
      return end(parts, attempt, refusedBy(error))
  }
}

function refusedBy(error: string | undefined): Ends {
  const outcome = error === 'UserCancelledSession' ? 'cancelled' : 'failed'
  return { outcome, error: (error === undefined ? undefined : returned[error]) ?? notGiven }
}

/** Undefined where the provider does not know the requisition any more. */
async function linkOf({ providers }: Parts, provider: string, requisitionId: string): Promise<LinkState | undefined> {
  try {
    return await configured(providers, provider).readLink(requisitionId)
  } catch (error) {
    if (error instanceof ProviderError && error.action === 'not_found') return undefined
    throw providerRefusal(error)
  }
}

async function end(
  parts: Parts,
  { spaceId, connectionId, requisitionId }: Attempt,
  ends: Ends,
  leftOut: LeftOut[] = [],
): Promise<Settled> {
  const endedAt = parts.clock.now().toISOString()
  const why = leftOut.length === 0 ? {} : { leftOut }
  const { state, position } = await parts.connections.handle(
    { spaceId, aggregateId: connectionId },
    { type: 'EndConsent', connectionId, requisitionId, reason: 'refused', endedAt, ...why },
    { commandId: `refuse:${requisitionId}` },
  )
  // Another return of the same consent was quicker, and it was granted.
  const stands = state.status === 'active' && state.consent.requisitionId === requisitionId
  return stands ? { outcome: 'linked', position } : { ...ends, position }
}

async function confirm(parts: Parts, attempt: Attempt, state: Existing, link: LinkState): Promise<Settled> {
  const { spaceId, connectionId, requisitionId } = attempt
  if (link.accounts.length === 0) {
    return end(parts, attempt, {
      outcome: 'no_accounts',
      error: 'The consent gives access to no account. Start again.',
    })
  }
  if (link.grantedAt === undefined || link.expiresAt === undefined) return { outcome: 'pending' }
  let examined: Examined[]
  try {
    examined = await examinedAccounts(parts, { ...attempt, state, providerAccountIds: link.accounts })
  } catch (error) {
    // Accounts that are still being prepared, or a bank that does not answer: the same return may be repeated.
    if (error instanceof DomainError && error.code === 'provider_unavailable') {
      return { outcome: 'pending', error: error.detail }
    }
    throw error
  }
  const accounts = examined.filter((one) => 'accountId' in one)
  const leftOut = examined.filter((one) => 'reason' in one)
  if (accounts.length === 0) return noneLinked(parts, attempt, leftOut)
  const { position } = await parts.connections.handle(
    { spaceId, aggregateId: connectionId },
    {
      type: 'ConfirmRequisition',
      connectionId,
      requisitionId,
      accounts,
      ...(leftOut.length === 0 ? {} : { leftOut }),
      grantedAt: instant(link.grantedAt),
      expiresAt: instant(link.expiresAt),
    },
    { commandId: `confirm:${requisitionId}` },
  )
  const words = leftOutError(leftOut.map(({ reason }) => reason))?.detail
  return { outcome: 'linked', position, ...(words === undefined ? {} : { error: words }) }
}

/** No account can be linked: where the bank may still describe one, the same return may be repeated. */
async function noneLinked(parts: Parts, attempt: Attempt, leftOut: LeftOut[]): Promise<Settled> {
  const error = leftOutError(leftOut.map(({ reason }) => reason))?.detail ?? notGiven
  const mayChange = leftOut.some(({ reason }) => reason === 'account_details_unavailable')
  return mayChange ? { outcome: 'pending', error } : end(parts, attempt, { outcome: 'failed', error }, leftOut)
}
