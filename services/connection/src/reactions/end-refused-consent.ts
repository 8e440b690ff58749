import type { FeedEvent } from '@pf/contracts'
import { type Reaction, reaction } from '@pf/eventing'
import { type BankFeed, ProviderError } from '@pf/providers'
import type { Parts } from '../application/parts.ts'
import { endConsent } from '../application/watch-consents.ts'
import type { Consent } from '../domain/connection.ts'

/**
 * A bank that asks for a new consent in answer to a fetch may have ended the one that stands, or one that was renewed while
 * the fetch was under way: the provider is asked, and only what it says of the consent that stands ends it.
 */
export function endRefusedConsent(parts: Parts): Reaction {
  return reaction({
    name: 'connection-end-refused-consent',
    context: 'extraction',
    aggregates: ['feed'],
    async handle({ spaceId, events }) {
      // The log has checked them against this aggregate's declarations.
      const feedEvents = events as FeedEvent[]
      const refused = feedEvents.find(
        (event) =>
          event.type === 'CallFailed' && event.data.action === 'reauthorise' && event.data.scope === 'transactions',
      )
      if (refused?.type !== 'CallFailed') return
      const { connectionId, accountId, code, bankNow: endedAt } = refused.data
      const { state } = await parts.connections.load({ spaceId, aggregateId: connectionId })
      // The answer to a fetch under the old consent says nothing of one granted since.
      if (state.status !== 'active' || Date.parse(state.consent.grantedAt) > Date.parse(endedAt)) return
      // A provider that is not set up any more cannot be asked; its consents run out by themselves.
      const feed = parts.providers.find(state.provider)
      if (feed === undefined || !(await isOver(feed, state.consent, accountId, endedAt))) return
      const { requisitionId } = state.consent
      const reason = code === 'consent_expired' ? 'expired' : 'revoked'
      await endConsent(parts, { spaceId, connectionId, requisitionId, reason, endedAt })
    },
  })
}

/** A requisition may say that it is linked for ever (gocardless.md §3.1); then the account tells. Throws ProviderError. */
async function isOver(feed: BankFeed, consent: Consent, accountId: string, bankNow: string): Promise<boolean> {
  try {
    const { status, expiresAt } = await feed.readLink(consent.requisitionId)
    if (status !== 'linked' || (expiresAt !== undefined && Date.parse(expiresAt) <= Date.parse(bankNow))) return true
    const account = consent.accounts.find((one) => one.accountId === accountId)
    if (account === undefined) return false
    const metadata = await feed.account(account.providerAccountId)
    return metadata.status === 'expired' || metadata.status === 'suspended'
  } catch (error) {
    if (error instanceof ProviderError && (error.action === 'not_found' || error.action === 'reauthorise')) return true
    throw error
  }
}
