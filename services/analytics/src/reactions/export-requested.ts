import { type DataExportEvent, dataExportEvents } from '@pf/contracts'
import { type Reaction, type Recorded, reaction } from '@pf/eventing'

/** A request is acknowledged when its file is there: after a kill it is delivered again and the file begun anew. One at a time. */
export const exportRequested = (
  run: (recorded: Recorded<DataExportEvent>, signal: AbortSignal) => Promise<void>,
): Reaction =>
  reaction({
    name: 'analytics-export-requested',
    context: dataExportEvents.context,
    aggregates: [dataExportEvents.aggregate],
    maxInFlight: 1,
    // The aggregate holds its own events and nothing else: decoding has checked it.
    handle: (recorded, { signal }) => run(recorded as Recorded<DataExportEvent>, signal),
  })
