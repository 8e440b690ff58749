import { type MartRebuildEvent, martRebuildEvents } from '@pf/contracts'
import { type Reaction, type Recorded, reaction } from '@pf/eventing'

/** A start is acknowledged when its rebuild is through: after a kill it is delivered again and goes on. One at a time. */
export const rebuildStarted = (
  run: (recorded: Recorded<MartRebuildEvent>, signal: AbortSignal) => Promise<void>,
): Reaction =>
  reaction({
    name: 'analytics-rebuild-started',
    context: martRebuildEvents.context,
    aggregates: [martRebuildEvents.aggregate],
    maxInFlight: 1,
    // The aggregate holds its own events and nothing else: decoding has checked it.
    handle: (recorded, { signal }) => run(recorded as Recorded<MartRebuildEvent>, signal),
  })
