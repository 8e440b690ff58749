import { type BankFeed, ProviderError } from '@pf/providers'
import type { Connection } from '../domain/connection.ts'
import type { Parts } from './parts.ts'
import { asking } from './provider-refusal.ts'

type Of = { spaceId: string; connectionId: string; requisitionId: string }
type Active = Extract<Connection, { status: 'active' }>

/**
 * Opens the provider's page on which the user confirms that the consent goes on (gocardless.md §2.3), and tells of it. Asked
 * again it is the same page. Throws ProviderError.
 */
export async function askReconfirmation(parts: Parts, of: Of, state: Active, now: string): Promise<void> {
  const { consent } = state
  const feed = await parts.providers.lookup(state.provider)
  if (feed?.reconfirm === undefined || consent.requisitionId !== of.requisitionId) return
  const redirect = `${parts.publicUrl}/connections?confirmed=${of.connectionId}`
  const { link, dueAt, validTo } = await feed.reconfirm(consent.agreementId, { redirect })
  // The page of the time before is closed and tells nothing of this time.
  if (Date.parse(validTo) <= Date.parse(now)) return
  await parts.connections.handle(
    { spaceId: of.spaceId, aggregateId: of.connectionId },
    { type: 'AskReconfirmation', connectionId: of.connectionId, requisitionId: of.requisitionId, link, dueAt, validTo },
    { commandId: `reconfirm:${of.requisitionId}:${dueAt}` },
  )
}

/**
 * Asks the provider whether the user has confirmed; answers the log position where they have. Throws provider_unavailable,
 * provider_refused.
 */
export async function checkReconfirmation(parts: Parts, of: Of, state: Active): Promise<string | undefined> {
  const { consent } = state
  const feed = await parts.providers.lookup(state.provider)
  const reconfirmedAt = await asking(confirmedAt(feed, consent.agreementId))
  if (reconfirmedAt === undefined || consent.requisitionId !== of.requisitionId) return undefined
  const { connectionId, requisitionId } = of
  const { events, position } = await parts.connections.handle(
    { spaceId: of.spaceId, aggregateId: connectionId },
    { type: 'RecordReconfirmation', connectionId, requisitionId, reconfirmedAt },
    { commandId: `reconfirmed:${requisitionId}:${reconfirmedAt}` },
  )
  return events.length === 0 ? undefined : position
}

async function confirmedAt(feed: BankFeed | undefined, agreementId: string): Promise<string | undefined> {
  try {
    return (await feed?.readReconfirmation?.(agreementId))?.reconfirmedAt
  } catch (error) {
    if (error instanceof ProviderError && error.action === 'not_found') return undefined
    throw error
  }
}
