import { DomainError, type LedgerEvent, type MartEvent } from '@pf/contracts'
import { type Reaction, reaction } from '@pf/eventing'
import type { Parts } from '../application/parts.ts'

/** The rows are in the lake: the watermark moves. */
export function recordStored(parts: Parts): Reaction {
  return reaction({
    name: 'extraction-record-stored',
    context: 'storage',
    aggregates: ['ledger'],
    types: ['TransactionsStored'],
    async handle({ spaceId, events }) {
      // The log has checked them against this aggregate's declarations.
      for (const event of events as LedgerEvent[]) {
        if (event.type !== 'TransactionsStored') continue
        const { syncId, accountId, window, counts, storedAt } = event.data
        await parts.feeds.handle(
          { spaceId, aggregateId: accountId },
          { type: 'RecordStored', syncId, window, counts, storedAt },
          { commandId: `stored:${syncId}` },
        )
      }
    },
  })
}

/**
 * Waits for a sync that is in every answer and not yet noted as stored: marts may be as quick as `recordStored`, and what is
 * given back to the broker comes again after a second.
 */
const notedSoonMs = [5, 10, 20, 40, 80, 160, 320]

/** The rows are in every answer: the sync is done. */
export function completeSyncs(parts: Parts): Reaction {
  return reaction({
    name: 'extraction-complete-syncs',
    context: 'analytics',
    aggregates: ['mart'],
    async handle({ spaceId, events }, { signal }) {
      for (const { data } of events as MartEvent[]) {
        for (const { syncId, accountId } of data.syncs) {
          await onceNoted(parts, signal, () =>
            parts.feeds.handle(
              { spaceId, aggregateId: accountId },
              { type: 'CompleteSync', syncId, completedAt: data.builtAt },
              { commandId: `completed:${syncId}` },
            ),
          )
        }
      }
    },
  })
}

/** Throws `conflict` where it is not noted by then. */
async function onceNoted(parts: Parts, signal: AbortSignal, complete: () => Promise<unknown>): Promise<void> {
  for (const waitMs of [...notedSoonMs, undefined]) {
    try {
      await complete()
      return
    } catch (error) {
      const isEarly = error instanceof DomainError && error.code === 'conflict'
      if (!isEarly || waitMs === undefined || signal.aborted) throw error
      await parts.timing.wait(waitMs, signal)
    }
  }
}
