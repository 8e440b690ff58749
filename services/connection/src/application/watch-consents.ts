import type { EndReason } from '@pf/contracts'
import type { Parts } from './parts.ts'
import { providerTime } from './provider-time.ts'

/** A requisition that nobody used for this long (wall time) is given up and deleted at the provider (api.md). */
export const unusedMs = 3_600_000
/** Rows looked at in one round; the others' turn comes when these are done. */
const maxPerRound = 500

/** One round of the watch: consents past their end (the provider's time) end, requisitions that nobody used are given up. */
export async function watchConsents(parts: Parts): Promise<void> {
  const endings = [...(await expired(parts)), ...(await unused(parts))]
  // One in trouble keeps no other from its end; the trouble is told, and comes again with the next round.
  const outcomes = await Promise.allSettled(endings.map((ending) => endConsent(parts, ending)))
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

async function expired(parts: Parts): Promise<Ending[]> {
  const rows = await parts.views.connections.find({
    where: { stage: 'active' },
    orderBy: [{ column: 'expiresAt' }, { column: 'connectionId' }],
    limit: maxPerRound,
  })
  const endings: Ending[] = []
  for (const { spaceId, connectionId, requisitionId, expiresAt, provider } of rows) {
    const now = await providerTime(parts.providers, provider)
    // Without the provider's own day nobody can say that a consent has ended.
    if (now === undefined || requisitionId === null || expiresAt === null) continue
    if (Date.parse(expiresAt) > Date.parse(now)) continue
    endings.push({ spaceId, connectionId, requisitionId, reason: 'expired', endedAt: now })
  }
  return endings
}

async function unused(parts: Parts): Promise<Ending[]> {
  const rows = await parts.views.connections.find({
    where: { isAwaiting: true },
    orderBy: [{ column: 'awaitingSince' }, { column: 'connectionId' }],
    limit: maxPerRound,
  })
  const now = parts.clock.now()
  return rows.flatMap(({ spaceId, connectionId, awaitingRequisitionId: requisitionId, awaitingSince }) => {
    const ageMs = now.getTime() - Date.parse(awaitingSince ?? now.toISOString())
    if (requisitionId === null || ageMs < unusedMs) return []
    return [{ spaceId, connectionId, requisitionId, reason: 'refused' as const, endedAt: now.toISOString() }]
  })
}

type Ending = { spaceId: string; connectionId: string; requisitionId: string; reason: EndReason; endedAt: string }

/** One command per requisition and reason, whichever replica's watch sees it first. */
export async function endConsent(parts: Pick<Parts, 'connections'>, { spaceId, ...ending }: Ending): Promise<void> {
  await parts.connections.handle(
    { spaceId, aggregateId: ending.connectionId },
    { type: 'EndConsent', ...ending },
    { commandId: `end:${ending.requisitionId}:${ending.reason}` },
  )
}
