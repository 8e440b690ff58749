import { type SpaceErasureEvent, spaceErasureEvents } from '@pf/contracts'
import { type Reaction, reaction } from '@pf/eventing'
import { type CarryOutParts, eraseSpace } from '../application/erase-space.ts'

/** A request is acknowledged when nothing is left: after a kill, and while a service is away, it comes again. */
export const carryOutErasures = (parts: CarryOutParts): Reaction =>
  reaction({
    name: 'auth-carry-out-erasures',
    context: spaceErasureEvents.context,
    aggregates: [spaceErasureEvents.aggregate],
    maxInFlight: 1,
    // Never set aside: it was promised.
    giveUpAfter: Number.POSITIVE_INFINITY,
    async handle({ events }, { attempt }) {
      // The aggregate holds its own events and nothing else: decoding has checked it.
      for (const { type, data } of events as SpaceErasureEvent[])
        if (type === 'SpaceErasureRequested') await eraseSpace(parts, data, attempt)
    },
  })
