import type { FeedEvent } from '@pf/contracts'
import { type Reaction, reaction } from '@pf/eventing'
import { type StoreInOrderParts, storeInOrder } from '../application/store-in-order.ts'

/** What was fetched is stored, serially per account: the feed of an account is one subject. */
export const fetchedSyncs = (parts: StoreInOrderParts): Reaction =>
  reaction({
    name: 'storage-fetched-syncs',
    context: 'extraction',
    aggregates: ['feed'],
    types: ['TransactionsFetched', 'BalancesFetched'],
    async handle({ events: recorded, spaceId, aggregateId, commandId, correlationId }) {
      // Narrowed to feeds, and validated against their declarations when it was opened.
      const events = recorded as FeedEvent[]
      const transactions = events.find((event) => event.type === 'TransactionsFetched')?.data
      const balances = events.find((event) => event.type === 'BalancesFetched')?.data
      if (transactions === undefined && balances === undefined) return
      await storeInOrder(
        { spaceId, accountId: aggregateId, ...(transactions && { transactions }), ...(balances && { balances }) },
        { correlationId, causationId: commandId },
        parts,
      )
    },
  })
