import type { EndReason } from '@pf/contracts'
import { expiringMs, reconfirmFrom } from '../domain/consent-times.ts'
import type { ConnectionRow } from '../read/connections.ts'
import { settleOpenReturn } from './complete-consent.ts'
import type { Parts } from './parts.ts'
import { providerTime } from './provider-time.ts'
import { askReconfirmation, checkReconfirmation } from './reconfirm.ts'

/** A requisition that nobody used for this long (wall time) is given up and deleted at the provider (api.md). */
export const unusedMs = 3_600_000
/** How often (wall time) the provider is asked whether a user has confirmed, and after trouble with it. */
export const askAgainMs = 300_000
const pageSize = 100
/** Rows taken in one round; the others' turn comes when these are done. */
const maxPerRound = 500

/**
 * The watch over consents, a round a call: by the provider's clock those that end soon are announced, those past their end
 * end, and those to be confirmed are asked for; by the wall's, requisitions that nobody used are given up, and returns that
 * the bank was not ready for are looked at again. A round reads what is due, not what there is.
 */
export function consentWatch(parts: Parts): () => Promise<void> {
  /** Wall time before which the provider is not asked again about a requisition. */
  const notBefore = new Map<string, number>()
  const mayAsk = (requisitionId: string) => {
    const now = parts.clock.now().getTime()
    for (const [id, atMs] of notBefore) if (atMs <= now) notBefore.delete(id)
    if (notBefore.has(requisitionId)) return false
    notBefore.set(requisitionId, now + askAgainMs)
    return true
  }
  return async () => {
    // One in trouble keeps no other from its turn; the trouble is told, and its turn comes again.
    const outcomes: PromiseSettledResult<void>[] = []
    const leaving = await parts.leaving()
    const stays: Stays = ({ spaceId }) => !leaving.has(spaceId)
    const watch = { mayAsk, stays }
    for (const { id } of parts.providers.list()) outcomes.push(...(await attendDue(parts, id, watch)))
    const given = (await unused(parts)).filter(stays)
    outcomes.push(...(await Promise.allSettled(given.map((ending) => endConsent(parts, ending)))))
    outcomes.push(...(await readConfirmations(parts, watch)))
    const open = parts.openReturns.due().filter(stays)
    outcomes.push(...(await Promise.allSettled(open.map((one) => settleOpenReturn(parts, one)))))
    const failed = outcomes.find((outcome) => outcome.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }
}

type MayAsk = (requisitionId: string) => boolean
type Stays = (of: { spaceId: string }) => boolean
type Watch = { mayAsk: MayAsk; stays: Stays }
type Due = ConnectionRow & { requisitionId: string; expiresAt: string; confirmedAt: string }

async function attendDue(
  parts: Parts,
  provider: string,
  { mayAsk, stays }: Watch,
): Promise<PromiseSettledResult<void>[]> {
  const now = await providerTime(parts.providers, provider)
  // Without the provider's own day nobody can say what is due.
  if (now === undefined) return []
  const due = await dueOf(parts, provider, now)
  return Promise.allSettled(due.filter(stays).map((row) => attend(parts, row, now, mayAsk)))
}

async function dueOf({ views }: Parts, provider: string, now: string): Promise<Due[]> {
  const due: Due[] = []
  let after: readonly unknown[] | undefined
  while (due.length < maxPerRound) {
    const page = await views.connections.find({
      where: { provider, stage: 'active' },
      orderBy: [{ column: 'watchAt' }, { column: 'connectionId' }],
      ...(after === undefined ? {} : { after }),
      limit: pageSize,
    })
    const theirs = page.filter((row): row is Due => row.watchAt !== null && Date.parse(row.watchAt) <= Date.parse(now))
    due.push(...theirs)
    const last = theirs.at(-1)
    if (last === undefined || theirs.length < pageSize) break
    after = [last.watchAt, last.connectionId]
  }
  return due
}

async function attend(parts: Parts, row: Due, now: string, mayAsk: MayAsk): Promise<void> {
  const { spaceId, connectionId, requisitionId, expiresAt, reconfirmation } = row
  const of = { spaceId, connectionId, requisitionId }
  const nowMs = Date.parse(now)
  if (Date.parse(expiresAt) <= nowMs) return endConsent(parts, { ...of, reason: 'expired', endedAt: now })
  if (!row.expiryAnnounced && Date.parse(expiresAt) - expiringMs <= nowMs) await announce(parts, of, now)
  const from = reconfirmation === null ? reconfirmFrom(row) : undefined
  if (from !== undefined && Date.parse(from) <= nowMs && mayAsk(requisitionId)) {
    const state = await activeOf(parts, of)
    if (state !== undefined) await askReconfirmation(parts, of, state, now)
  }
  if (reconfirmation === null || Date.parse(reconfirmation.validTo) > nowMs) return
  // Without the confirmation the access ends (gocardless.md §2.3); the provider says first whether it came.
  const state = mayAsk(requisitionId) ? await activeOf(parts, of) : undefined
  if (state === undefined || (await checkReconfirmation(parts, of, state)) !== undefined) return
  await endConsent(parts, { ...of, reason: 'expired', endedAt: now })
}

type Of = { spaceId: string; connectionId: string; requisitionId: string }

async function announce({ connections }: Parts, { spaceId, ...of }: Of, now: string): Promise<void> {
  const at = { spaceId, aggregateId: of.connectionId }
  await connections.handle(at, { type: 'AnnounceExpiry', ...of, now }, { commandId: `expiring:${of.requisitionId}` })
}

async function activeOf({ connections }: Parts, { spaceId, connectionId, requisitionId }: Of) {
  const { state } = await connections.load({ spaceId, aggregateId: connectionId })
  return state.status === 'active' && state.consent.requisitionId === requisitionId ? state : undefined
}

/** Nobody tells us of a confirmation: the provider is asked now and then while one is waited for. */
async function readConfirmations(parts: Parts, { mayAsk, stays }: Watch): Promise<PromiseSettledResult<void>[]> {
  const rows = await parts.views.connections.find({ where: { isReconfirming: true }, limit: maxPerRound })
  const read = async ({ spaceId, connectionId, requisitionId }: ConnectionRow) => {
    if (requisitionId === null || !mayAsk(requisitionId)) return
    const of = { spaceId, connectionId, requisitionId }
    const state = await activeOf(parts, of)
    if (state !== undefined) await checkReconfirmation(parts, of, state)
  }
  return Promise.allSettled(rows.filter(stays).map(read))
}

async function unused(parts: Parts): Promise<Ending[]> {
  const rows = await parts.views.connections.find({
    where: { isAwaiting: true },
    orderBy: [{ column: 'awaitingSince' }, { column: 'connectionId' }],
    limit: pageSize,
  })
  const now = parts.clock.now()
  return rows.flatMap(({ spaceId, connectionId, awaitingRequisitionId: requisitionId, awaitingSince }) => {
    const ageMs = now.getTime() - Date.parse(awaitingSince ?? now.toISOString())
    if (requisitionId === null || ageMs < unusedMs) return []
    return [{ spaceId, connectionId, requisitionId, reason: 'refused' as const, endedAt: now.toISOString() }]
  })
}

type Ending = Of & { reason: EndReason; suspended?: boolean; endedAt: string }

/** One command per requisition and reason, whichever replica's watch sees it first. */
export async function endConsent(parts: Pick<Parts, 'connections'>, { spaceId, ...ending }: Ending): Promise<void> {
  await parts.connections.handle(
    { spaceId, aggregateId: ending.connectionId },
    { type: 'EndConsent', ...ending },
    { commandId: `end:${ending.requisitionId}:${ending.reason}` },
  )
}
