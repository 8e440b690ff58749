import type { CommandContext } from '@pf/eventing'
import { UnreadablePayload } from '@pf/providers/rules'
import { type FetchedAnswers, fetchedBefore } from '../domain/fetched-answers.ts'
import type { StoreSyncParts } from './parts.ts'
import { type FetchedSync, storeSync } from './store-sync.ts'

export type StoreInOrderParts = StoreSyncParts & {
  /** The account's feed as extraction's log has it now. */
  answersOf(account: { spaceId: string; accountId: string }): Promise<FetchedAnswers>
}

/**
 * Stores a sync after those fetched before it. A reaction goes on with later messages while a failed one waits for its next
 * attempt, and an old answer decided after a newer one would bring back its pending payments and miss the newer rows.
 * An earlier answer that nobody can read is not waited for: its own delivery says so. Throws as `storeSync`.
 */
export async function storeInOrder(
  fetched: FetchedSync,
  cause: Omit<CommandContext, 'commandId'>,
  parts: StoreInOrderParts,
): Promise<void> {
  const { spaceId, accountId } = fetched
  if (fetched.transactions !== undefined) {
    const { state: ledger } = await parts.ledgers.load({ spaceId, aggregateId: accountId })
    for (const transactions of fetchedBefore(
      await parts.answersOf({ spaceId, accountId }),
      fetched.transactions.syncId,
    )) {
      if (ledger.transactions.includes(transactions.syncId)) continue
      const earlier = { spaceId, accountId, transactions }
      try {
        await storeSync(earlier, { ...cause, commandId: commandIdOf(earlier) }, parts)
      } catch (error) {
        if (!(error instanceof UnreadablePayload)) throw error
      }
    }
  }
  await storeSync(fetched, { ...cause, commandId: commandIdOf(fetched) }, parts)
}

/** Of what is stored, not of the message: told again, it is the same command. */
function commandIdOf({ transactions, balances }: FetchedSync): string {
  return `store-${transactions?.syncId ?? balances?.syncId}-${transactions ? 't' : ''}${balances ? 'b' : ''}`
}
