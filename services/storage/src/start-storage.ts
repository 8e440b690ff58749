import { type Platform, type Service, schedule, startService } from '@pf/service-kit'
import { partsToken, StorageBus } from './adapters/bus.ts'
import { assembleStorage, type StorageOptions } from './assembly.ts'

export { type StorageOptions, storageParts } from './assembly.ts'

/** Raw answers become the lake; identity is decided here and nowhere else. */
export async function startStorage(platform: Platform, options: StorageOptions = {}): Promise<Service> {
  const { parts, erasing, projections, reactions, tasks } = await assembleStorage(platform, options)
  return startService(platform, {
    name: 'storage',
    controllers: [StorageBus],
    providers: [{ provide: partsToken, useValue: parts }],
    projections,
    reactions,
    erasing,
    running: tasks.map((task) => schedule(platform, task)),
  })
}
