import type { FeedEvent } from '@pf/contracts'
import { type Reaction, reaction } from '@pf/eventing'
import type { Parts } from '../application/parts.ts'
import { endConsent } from '../application/watch-consents.ts'

/** A bank that asks for a new consent in answer to a fetch has ended the one that stands. */
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
      const { connectionId, code, bankNow: endedAt } = refused.data
      const { state } = await parts.connections.load({ spaceId, aggregateId: connectionId })
      // The answer to a fetch under the old consent says nothing of one granted since.
      if (state.status !== 'active' || Date.parse(state.consent.grantedAt) > Date.parse(endedAt)) return
      const { requisitionId } = state.consent
      const reason = code === 'consent_expired' ? 'expired' : 'revoked'
      await endConsent(parts, { spaceId, connectionId, requisitionId, reason, endedAt })
    },
  })
}
