import type { CommandHandlerParts } from '@pf/eventing'
import type { Platform } from './platform.ts'

/** What a service's command handlers stand on: `createCommandHandler(definition, commandHandling(platform))`. */
export function commandHandling({ eventLog, keys, clock, ids, timing, logger }: Platform): CommandHandlerParts {
  return {
    log: eventLog,
    sealer: keys,
    clock,
    ids,
    timing,
    onSnapshotTrouble: (error) => logger.warn({ err: error }, 'goes on without a snapshot'),
  }
}
