import type { FeedEvent } from '@pf/contracts'
import { type Reaction, reaction } from '@pf/eventing'
import { type BankFeed, ProviderError } from '@pf/providers'
import type { Parts } from '../application/parts.ts'
import { endConsent } from '../application/watch-consents.ts'
import type { Consent } from '../domain/connection.ts'

/** `not_found`: a link that was deleted elsewhere takes its accounts along (gocardless.md §7). */
const asksForConsent: ReadonlySet<string> = new Set(['reauthorise', 'not_found'])

/**
 * A bank that asks for a new consent in answer to a fetch may have ended the one that stands, or one that was renewed while
 * the fetch was under way: the provider is asked, and only what it says of the consent that stands ends it.
 */
export function endRefusedConsent(parts: Parts): Reaction {
  return reaction({
    name: 'connection-end-refused-consent',
    context: 'extraction',
    aggregates: ['feed'],
    types: ['CallFailed'],
    async handle({ spaceId, events }) {
      // The log has checked them against this aggregate's declarations.
      const feedEvents = events as FeedEvent[]
      const refused = feedEvents.find(
        (event) =>
          event.type === 'CallFailed' && asksForConsent.has(event.data.action) && event.data.scope === 'transactions',
      )
      if (refused?.type !== 'CallFailed') return
      const { connectionId, accountId, code, action, bankNow: endedAt } = refused.data
      const { state } = await parts.connections.load({ spaceId, aggregateId: connectionId })
      // The answer to a fetch under the old consent says nothing of one granted since.
      if (state.status !== 'active' || Date.parse(state.consent.grantedAt) > Date.parse(endedAt)) return
      // A provider that is not set up any more cannot be asked; its consents run out by themselves.
      const feed = await parts.providers.lookup(state.provider)
      // An account that nobody knows says nothing of the others: only the link itself tells.
      const told = action === 'not_found' ? undefined : accountId
      const over = feed && (await overBy(feed, state.consent, told, endedAt))
      if (over === undefined) return
      const { requisitionId } = state.consent
      const suspended = over === 'suspended'
      const reason = code === 'consent_expired' && !suspended ? 'expired' : 'revoked'
      await endConsent(parts, { spaceId, connectionId, requisitionId, reason, suspended, endedAt })
    },
  })
}

/**
 * Undefined while the consent stands. A requisition may say that it is linked for ever (gocardless.md §3.1); then the account
 * tells. One that waits for the user's confirmation gives no data and stands. Throws ProviderError.
 */
async function overBy(
  feed: BankFeed,
  consent: Consent,
  accountId: string | undefined,
  bankNow: string,
): Promise<'ended' | 'suspended' | undefined> {
  const isPast = (at: string | undefined) => at !== undefined && Date.parse(at) <= Date.parse(bankNow)
  try {
    const { status, expiresAt, reconfirmBy } = await feed.readLink(consent.requisitionId)
    if (status === 'suspended') return 'suspended'
    if (status !== 'linked' || isPast(expiresAt)) return 'ended'
    if (isPast(reconfirmBy) || isPast(consent.reconfirmation?.dueAt)) return undefined
    const account = consent.accounts.find((one) => one.accountId === accountId)
    if (account === undefined) return undefined
    const metadata = await feed.account(account.providerAccountId)
    if (metadata.status === 'suspended') return 'suspended'
    return metadata.status === 'expired' ? 'ended' : undefined
  } catch (error) {
    if (error instanceof ProviderError && (error.action === 'not_found' || error.action === 'reauthorise'))
      return 'ended'
    throw error
  }
}
