import type { FeedEvent } from '@pf/contracts'
import { type Reaction, reaction } from '@pf/eventing'
import { type LogSyncsParts, logSyncs } from '../application/log-syncs.ts'

/** However a sync ends, its log goes into the lake. */
export const endedSyncs = (parts: LogSyncsParts): Reaction =>
  reaction({
    name: 'storage-ended-syncs',
    context: 'extraction',
    aggregates: ['feed'],
    types: ['SyncCompleted', 'SyncFailed'],
    async handle({ events, spaceId, aggregateId: accountId, commandId, correlationId }) {
      // Narrowed to feeds, and validated against their declarations when it was opened.
      const ended = (events as FeedEvent[]).filter(({ type }) => type === 'SyncCompleted' || type === 'SyncFailed')
      if (ended.length === 0) return
      const syncIds = ended.map(({ data }) => data.syncId)
      await logSyncs({ spaceId, accountId }, syncIds, { correlationId, causationId: commandId }, parts)
    },
  })
