import type { LedgerEvent, MartEvent } from '@pf/contracts'
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

/** The rows are in every answer: the sync is done. */
export function completeSyncs(parts: Parts): Reaction {
  return reaction({
    name: 'extraction-complete-syncs',
    context: 'analytics',
    aggregates: ['mart'],
    async handle({ spaceId, events }) {
      for (const { data } of events as MartEvent[]) {
        for (const { syncId, accountId } of data.syncs) {
          await parts.feeds.handle(
            { spaceId, aggregateId: accountId },
            { type: 'CompleteSync', syncId, completedAt: data.builtAt },
            { commandId: `completed:${syncId}` },
          )
        }
      }
    },
  })
}
