import { type Reaction, reaction } from '@pf/eventing'
import type { Parts } from '../application/parts.ts'
import { revokeObsolete as revoke } from '../application/revoke-requisitions.ts'

/** Tried until the provider has done it. */
export function revokeObsolete(parts: Parts): Reaction {
  return reaction({
    name: 'connection-revoke-obsolete',
    context: 'connection',
    aggregates: ['connection'],
    handle: ({ spaceId, aggregateId: connectionId }) => revoke(parts, { spaceId, connectionId }),
  })
}
