import {
  type ConnectionErasureEvent,
  type ConnectionEvent,
  connectionErasureEvents,
  connectionEvents,
  systemSpace,
} from '@pf/contracts'
import { createCommandHandler, readHistory } from '@pf/eventing'
import { awaitWholeLog, carryOut, type Platform } from '@pf/service-kit'
import type { CarryOutParts } from './application/erase-connection.ts'
import type { Parts } from './application/parts.ts'
import * as connectionErasure from './domain/connection-erasure.ts'

type OwnParts = Omit<CarryOutParts, keyof Parts>
type Projections = Readonly<Record<string, Parameters<typeof awaitWholeLog>[2][number]>>

/** What erasing stands on beside the rest of the service. */
export async function erasingParts(platform: Platform, projections: Projections): Promise<OwnParts> {
  const { eventLog: log, keys, clock, ids, timing } = platform
  const logger = platform.logger.child({ service: 'connection' })
  await keys.createSpaceKey(systemSpace)
  return {
    erasures: createCommandHandler<
      connectionErasure.ConnectionErasure,
      connectionErasure.ConnectionErasureCommand,
      ConnectionErasureEvent
    >({ ...connectionErasureEvents, decider: connectionErasure }, { log, sealer: keys, clock, ids, timing }),
    async historyOf({ spaceId, connectionId }) {
      const at = { spaceId, aggregateId: connectionId }
      const messages = await readHistory<ConnectionEvent>(connectionEvents, at, { log, sealer: keys })
      return messages.flatMap(({ events }) => events)
    },
    upToDate: () =>
      awaitWholeLog(log, 'connection', Object.values(projections), (behind) =>
        logger.info({ behind }, 'an erasure waits for the read models to have the whole log'),
      ),
    carryOut: (erasure) => carryOut(platform, erasure),
  }
}
