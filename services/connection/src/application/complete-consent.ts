import {
  type CompletionView,
  DomainError,
  type Done,
  type InputOf,
  instant,
  type LeftOut,
  type RefusalCode,
  type requests,
} from '@pf/contracts'
import { sha256 } from '@pf/eventing'
import { type LinkCallback, type LinkState, ProviderError } from '@pf/providers'
import type { Connection } from '../domain/connection.ts'
import { leftOutError } from '../domain/left-out.ts'
import { returnedError } from '../domain/returned-error.ts'
import { configured } from './institutions.ts'
import { examinedAccounts } from './linked-accounts.ts'
import type { OpenReturn } from './open-returns.ts'
import type { Parts } from './parts.ts'
import { providerRefusal } from './provider-refusal.ts'
import { checkReconfirmation } from './reconfirm.ts'

type Input = InputOf<typeof requests.connection.complete>
type Existing = Exclude<Connection, { status: 'unknown' | 'removed' }>
/** One attempt at a consent, and whether the caller may speak for it. */
type Attempt = {
  spaceId: string
  connectionId: string
  requisitionId: string
  cookieFits: boolean
  /** The return's own code: it came with the reference of this very attempt. */
  code?: string | undefined
}
type Ends = { outcome: CompletionView['outcome']; error?: string }
type Settled = Ends & { position?: string | undefined }

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
  const { position, ...ends } = await told(() => settle(parts, attempt, state, input.error))
  if (ends.outcome === 'pending')
    parts.openReturns.note({ spaceId, connectionId, requisitionId: attempt.requisitionId })
  return {
    outcome: ends.outcome,
    connection_id: connectionId,
    error: ends.error ?? null,
    ...(await parts.shown(position)),
  }
}

/** A return that was allowed to speak, looked at again without its browser. */
export async function settleOpenReturn(parts: Parts, open: OpenReturn): Promise<void> {
  const { spaceId, connectionId, requisitionId } = open
  const { state } = await parts.connections.load({ spaceId, aggregateId: connectionId })
  const isAwaited =
    state.status !== 'unknown' && state.status !== 'removed' && state.awaiting?.requisitionId === requisitionId
  if (isAwaited) {
    const { outcome } = await told(() => settle(parts, { ...open, cookieFits: true }, state, undefined))
    if (outcome === 'pending') return
  }
  parts.openReturns.settled(requisitionId)
}

/** Who may not speak for an attempt learns no more than what to do next; nothing is changed. */
function refusedView({ userId, reference }: Input, attempt: Attempt, state: Existing): CompletionView {
  if (reference === undefined) return { outcome: 'unknown', connection_id: null, error: null }
  if (userId !== undefined) return { outcome: 'not_yours', connection_id: null, error: null }
  // A return that is repeated after its cookie was used up is no mystery.
  const stands = state.status === 'active' && state.consent.requisitionId === attempt.requisitionId
  return { outcome: stands ? 'linked' : 'sign_in', connection_id: attempt.connectionId, error: null }
}

/** Trouble on the way is an outcome as well: a person stands before it. */
async function told(settling: () => Promise<Settled>): Promise<Settled> {
  try {
    return await settling()
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    const outcome = troubles[error.code]
    if (outcome === undefined) throw error
    return { outcome, error: error.detail }
  }
}

/** `pending`: the same return may be repeated, as for accounts that are still being prepared. */
const troubles: Partial<Record<RefusalCode, Settled['outcome']>> = {
  provider_unavailable: 'pending',
  provider_refused: 'failed',
  provider_not_configured: 'failed',
  requisition_superseded: 'failed',
  connection_removed: 'failed',
}

async function attemptOf({ views }: Parts, { reference, id, attempt, code }: Input): Promise<Attempt | undefined> {
  if (reference !== undefined) {
    const [row] = await views.consentAttempts.find({ where: { referenceSha256: sha256(reference) }, limit: 1 })
    const isMeant = row !== undefined && (id === undefined || row.connectionId === id)
    const cookieFits = attempt !== undefined && sha256(attempt) === row?.attemptSha256
    if (isMeant) return { ...placeOf(row), requisitionId: row.requisitionId, cookieFits, code }
    if (id === undefined) return undefined
  }
  // By id, the owner confirms what waits (or stands) without the reference.
  const [row] = id === undefined ? [] : await views.connections.find({ where: { connectionId: id }, limit: 1 })
  const requisitionId = row?.awaitingRequisitionId ?? row?.requisitionId
  if (row === undefined || requisitionId == null) return undefined
  return { ...placeOf(row), requisitionId, cookieFits: false }
}

const placeOf = ({ spaceId, connectionId }: { spaceId: string; connectionId: string }) => ({ spaceId, connectionId })

async function settle(parts: Parts, attempt: Attempt, state: Existing, error: string | undefined): Promise<Settled> {
  const { requisitionId, code } = attempt
  if (state.status === 'active' && state.consent.requisitionId === requisitionId) {
    const { reconfirmation } = state.consent
    // Back from confirming it, perhaps: the provider knows.
    const position = reconfirmation === null ? undefined : await checkReconfirmation(parts, attempt, state)
    return { outcome: 'linked', position }
  }
  if (state.awaiting?.requisitionId !== requisitionId) return returnedError(error)
  const callback = { ...(code === undefined ? {} : { code }), ...(error === undefined ? {} : { error }) }
  const link = await linkOf(parts, state.provider, requisitionId, callback)
  switch (link?.status) {
    case 'linked':
      return confirm(parts, attempt, state, link)
    case 'created':
    case 'in_progress':
      return error === undefined ? { outcome: 'pending' } : end(parts, attempt, returnedError(error))
    default:
      return end(parts, attempt, returnedError(error))
  }
}

/** Undefined where the provider does not know the requisition any more. */
async function linkOf(
  { providers }: Parts,
  provider: string,
  linkId: string,
  callback: LinkCallback,
): Promise<LinkState | undefined> {
  const feed = await configured(providers, provider)
  try {
    return (await feed.finishLink({ linkId, callback })).state
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
  const examined = await examinedAccounts(parts, { ...attempt, state, providerAccountIds: link.accounts })
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
  const error = leftOutError(leftOut.map(({ reason }) => reason))?.detail ?? returnedError(undefined).error
  const mayChange = leftOut.some(({ reason }) => reason === 'account_details_unavailable')
  return mayChange ? { outcome: 'pending', error } : end(parts, attempt, { outcome: 'failed', error }, leftOut)
}
