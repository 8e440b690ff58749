import type { ConnectionErasureEvent, SpaceErasureEvent } from '@pf/contracts'
import { drop, type Projection, projection, put } from '@pf/eventing'

export type PendingErasureRow = {
  erasureId: string
  spaceId: string
  of: string
  requestedAt: string
}

type ErasureEvent = SpaceErasureEvent | ConnectionErasureEvent

/**
 * What was promised to be erased and is not yet? Of one service's stream; ids of erasures alone, which outlive what they erase.
 */
export const pendingErasures = (context: 'auth' | 'connection'): Projection<ErasureEvent, PendingErasureRow> =>
  projection<ErasureEvent, PendingErasureRow>({
    name: `${context}_pending_erasures`,
    version: 1,
    context,
    table: {
      name: 'pending_erasures',
      key: ['erasureId'],
      space: 'spaceId',
      columns: { erasureId: 'text', spaceId: 'text', of: 'text', requestedAt: 'timestamptz' },
    },
    on: {
      // `spaceId` of the row is the installation's own, in which erasures stand.
      SpaceErasureRequested: ({ erasureId, requestedAt }, { spaceId }) =>
        put({ erasureId, spaceId, of: 'space', requestedAt }),
      ConnectionErasureRequested: ({ erasureId, requestedAt }, { spaceId }) =>
        put({ erasureId, spaceId, of: 'connection', requestedAt }),
      SpaceErased: ({ erasureId }) => drop({ erasureId }),
      ConnectionErased: ({ erasureId }) => drop({ erasureId }),
    },
  })
