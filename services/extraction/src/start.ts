import { type Platform, type Service, schedule, startService } from '@pf/service-kit'
import { ExtractionBus, partsToken } from './adapters/bus.ts'
import { feedFigures } from './application/feed-figures.ts'
import { assembleExtraction, type ExtractionOptions } from './assembly.ts'

export type { ExtractionOptions }

/** Starts the service on a platform: read models, reactions, the scheduler, the bus. */
export async function startExtraction(platform: Platform, options: ExtractionOptions = {}): Promise<Service> {
  const { parts, erasing, projections, reactions, tasks } = await assembleExtraction(platform, options)
  return startService(platform, {
    name: 'extraction',
    controllers: [ExtractionBus],
    providers: [{ provide: partsToken, useValue: parts }],
    projections,
    reactions,
    erasing,
    figures: feedFigures(parts),
    lastCalls: () => parts.providers.lastCalls(),
    running: tasks.map((task) => schedule(platform, task)),
  })
}
