import { type Reaction, reaction } from '@pf/eventing'
import { ProviderError } from '@pf/providers'
import type { Parts } from '../application/parts.ts'

/**
 * Deletes at the provider what nobody needs any more: superseded, refused, replaced and removed requisitions. Tried until
 * the provider has done it; one that it does not know is done.
 */
export function revokeObsolete(parts: Parts): Reaction {
  return reaction({
    name: 'connection-revoke-obsolete',
    context: 'connection',
    aggregates: ['connection'],
    async handle({ spaceId, aggregateId: connectionId }) {
      const at = { spaceId, aggregateId: connectionId }
      const { state } = await parts.connections.load(at)
      if (state.status === 'unknown') return
      // A provider that is not set up any more cannot be asked; its consents run out by themselves.
      const feed = parts.providers.find(state.provider)
      if (feed === undefined) return
      for (const requisitionId of state.obsolete) {
        await feed.revokeLink(requisitionId).catch((error: unknown) => {
          if (!(error instanceof ProviderError && error.action === 'not_found')) throw error
        })
        await parts.connections.handle(
          at,
          { type: 'RecordRevocation', connectionId, requisitionId },
          { commandId: `revoked:${requisitionId}` },
        )
      }
    },
  })
}
