import { type FeedEvent } from '@pf/contracts'
import { type Reaction, reaction } from '@pf/eventing'
import { type StoreSyncParts, storeSync } from '../application/store-sync.ts'

/** What was fetched is stored, serially per account: the feed of an account is one subject. */
export const fetchedSyncs = (parts: StoreSyncParts): Reaction =>
  reaction<FeedEvent>({
    name: 'storage-fetched-syncs',
    context: 'extraction',
    aggregates: ['feed'],
    async handle({ events, spaceId, aggregateId, commandId, correlationId }) {
      const transactions = events.find((event) => event.type === 'TransactionsFetched')?.data
      const balances = events.find((event) => event.type === 'BalancesFetched')?.data
      const syncId = transactions?.syncId ?? balances?.syncId
      if (syncId === undefined) return
      const kinds = `${transactions ? 't' : ''}${balances ? 'b' : ''}`
      await storeSync(
        { spaceId, accountId: aggregateId, ...(transactions && { transactions }), ...(balances && { balances }) },
        { commandId: `store-${syncId}-${kinds}`, correlationId, causationId: commandId },
        parts,
      )
    },
  })
