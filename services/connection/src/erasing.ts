import {
  type ConnectionErasureEvent,
  type ConnectionEvent,
  connectionErasureEvents,
  connectionEvents,
  systemSpace,
} from '@pf/contracts'
import { createCommandHandler, encodePosition, readHistory } from '@pf/eventing'
import { carryOut, type Platform } from '@pf/service-kit'
import type { CarryOutParts } from './application/erase-connection.ts'
import type { Parts } from './application/parts.ts'
import * as connectionErasure from './domain/connection-erasure.ts'

/** How long an erasure waits for the read models to have all that the log has; then it is tried again. */
const upToDateMs = 10_000

type OwnParts = Omit<CarryOutParts, keyof Parts>

/** What erasing stands on beside the rest of the service. */
export async function erasingParts(platform: Platform, { views }: Pick<Parts, 'views'>): Promise<OwnParts> {
  const { eventLog: log, keys, clock, ids, timing } = platform
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
    async upToDate() {
      const position = encodePosition({ connection: (await log.info('connection')).lastSeq })
      const passed = await Promise.all(Object.values(views).map((view) => view.caughtUpTo(position, upToDateMs)))
      if (passed.every(Boolean)) return
      throw new Error(`read_models_behind: connection has not read its log to the end within ${upToDateMs} ms.`)
    },
    carryOut: (erasure) => carryOut(platform, erasure),
  }
}
