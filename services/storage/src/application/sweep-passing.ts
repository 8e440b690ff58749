import type { Clock } from '@pf/eventing'
import type { ObjectStore } from '@pf/object-store'
import { passingFolders } from '../domain/lake.ts'

/** How long what passes through may stay where whoever brought or fetches it is gone. */
export type PassingBounds = Readonly<Record<(typeof passingFolders)[number], number>>
export type SweepPassingParts = { objects: Pick<ObjectStore, 'list' | 'delete'>; clock: Clock }

/**
 * Deletes uploads of requests that are over, dry runs among them, and downloads that nobody fetches any more: who brought or
 * fetched them does it at once, unless it was killed. Answers how many there were.
 */
export async function sweepPassing(
  bounds: PassingBounds,
  { objects, clock }: SweepPassingParts,
  signal: AbortSignal,
): Promise<number> {
  let gone = 0
  for (const folder of passingFolders) {
    for await (const { key, modifiedAt } of objects.list(`${folder}/`)) {
      if (signal.aborted) return gone
      if (clock.now().getTime() - modifiedAt.getTime() < bounds[folder]) continue
      await objects.delete(key)
      gone++
    }
  }
  return gone
}
