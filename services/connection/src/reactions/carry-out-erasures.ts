import {
  type ConnectionErasureEvent,
  type ConnectionEvent,
  connectionErasureEvents,
  connectionEvents,
} from '@pf/contracts'
import { type Reaction, reaction } from '@pf/eventing'
import {
  type CarryOutParts,
  type ErasureParts,
  eraseConnection,
  requestErasure,
} from '../application/erase-connection.ts'

/** A request is acknowledged when nothing is left: after a kill, and while a service is away, it comes again. */
export const carryOutErasures = (parts: CarryOutParts): Reaction =>
  reaction({
    name: 'connection-carry-out-erasures',
    context: connectionErasureEvents.context,
    aggregates: [connectionErasureEvents.aggregate],
    maxInFlight: 1,
    // Never set aside: it was promised.
    giveUpAfter: Number.POSITIVE_INFINITY,
    async handle({ events }, { attempt }) {
      // The aggregate holds its own events and nothing else: decoding has checked it.
      for (const { type, data } of events as ConnectionErasureEvent[])
        if (type === 'ConnectionErasureRequested') await eraseConnection(parts, data, attempt)
    },
  })

/** Who took a bank out with its history may have been cut off before the erasure was asked for. */
export const requestErasures = (parts: ErasureParts): Reaction =>
  reaction({
    name: 'connection-request-erasures',
    context: connectionEvents.context,
    aggregates: [connectionEvents.aggregate],
    types: ['ConnectionRemoved'],
    async handle({ events, spaceId, aggregateId: connectionId }) {
      // Narrowed to connections, and validated against their declarations when it was opened.
      const isErased = (events as ConnectionEvent[]).some(
        ({ type, data }) => type === 'ConnectionRemoved' && data.erase,
      )
      if (!isErased) return
      const { state } = await parts.connections.load({ spaceId, aggregateId: connectionId })
      if (state.status === 'unknown') return
      await requestErasure(parts, { spaceId, connectionId, userId: state.requestedBy })
    },
  })
