import type { AnyEvent } from '@pf/contracts'
import { eventCatalogue } from './declared-events.ts'
import { foldBatch } from './fold-batch.ts'
import type { ProjectParts } from './project.ts'
import type { Projection } from './projection.ts'
import type { BuildId, ProjectionStore } from './projection-store.ts'

/**
 * Reads a parked aggregate's messages again, from the first in quarantine up to the checkpoint, and applies them in one
 * transaction: all of them, or none and the new reason. Any process may do it, whoever runs the projection.
 */
export function retryParked<Event extends AnyEvent, Row extends object>(
  projection: Projection<Event, Row>,
  { build }: BuildId,
  subject: string,
  { store, log, sealer, declarations, onError }: ProjectParts & { store: ProjectionStore },
): Promise<'healed' | 'still parked' | 'not parked'> {
  return store.repair({ ...projection, build }, subject, async ({ firstSeq, upToSeq, rows }) => {
    const messages = (await log.load(subject, firstSeq - 1)).filter(({ seq }) => seq <= upToSeq)
    const { puts, drops, quarantined } = await foldBatch(projection, messages, {
      rows,
      parked: new Set(),
      sealer,
      catalogue: eventCatalogue(declarations),
      onPoison: onError,
    })
    const [poison] = quarantined
    return poison ? { reason: poison.reason } : { puts, drops }
  })
}
