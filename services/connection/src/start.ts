import { type Platform, type Service, schedule, startService } from '@pf/service-kit'
import { ConnectionBus, partsToken } from './adapters/bus.ts'
import { consentFigures } from './application/consent-figures.ts'
import { assembleConnection, type ConnectionOptions } from './assembly.ts'

export type { ConnectionOptions }

/** Starts the service on a platform: read models, reactions, the watch over consents, the bus. */
export async function startConnection(platform: Platform, options: ConnectionOptions = {}): Promise<Service> {
  const { parts, erasing, projections, reactions, tasks } = await assembleConnection(platform, options)
  return startService(platform, {
    name: 'connection',
    controllers: [ConnectionBus],
    providers: [{ provide: partsToken, useValue: parts }],
    projections,
    pendingErasures: projections.pendingErasures.reader,
    reactions,
    erasing,
    figures: consentFigures(parts),
    lastCalls: () => parts.providers.lastCalls(),
    running: tasks.map((task) => schedule(platform, task)),
  })
}
