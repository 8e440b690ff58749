import type { ErasureScope } from '@pf/contracts'
import type { ErasedRows, ReadModel } from '@pf/eventing'
import type { FeedConnectionRow } from '../read/feed-connections.ts'
import type { FeedStateRow } from '../read/feed-states.ts'
import type { StatementDaysRow } from '../read/statement-days.ts'
import type { SyncRow } from '../read/syncs.ts'

type RowsOf = {
  feedConnections: FeedConnectionRow
  feedStates: FeedStateRow
  statementDays: StatementDaysRow
  syncs: SyncRow
}
export type EraseSyncsParts = {
  views: { syncs: Pick<ReadModel<SyncRow>, 'find'> }
  /** Resolves when the read models have everything that the log has now. */
  upToDate(): Promise<void>
  erase: { readonly [Name in keyof RowsOf]: (of: ErasedRows<RowsOf[Name]>) => Promise<number> }
}
type OfConnection = Extract<ErasureScope, { of: 'connection' }>

/**
 * Runs in which the connection, or an account that goes with it, had a part: a run is one message, and what is left of it would
 * come back as syncs that never end.
 */
async function runsOf(
  { views }: EraseSyncsParts,
  { spaceId, connectionId, accountIds }: OfConnection,
): Promise<string[]> {
  const rows = [
    ...(await views.syncs.find({ where: { spaceId, connectionId } })),
    ...(await views.syncs.find({ where: { spaceId, accountId: accountIds } })),
  ]
  return [...new Set(rows.map(({ runId }) => runId))]
}

export async function erasedAggregates(parts: EraseSyncsParts, scope: OfConnection) {
  await parts.upToDate()
  return [
    ...(await runsOf(parts, scope)).map((aggregateId) => ({ aggregate: 'run', aggregateId })),
    ...scope.accountIds.map((aggregateId) => ({ aggregate: 'feed', aggregateId })),
  ]
}

export async function eraseSyncs(parts: EraseSyncsParts, scope: ErasureScope): Promise<number> {
  const { erase } = parts
  const { spaceId } = scope
  if (scope.of === 'space') {
    return (
      (await erase.feedConnections({ spaceId })) +
      (await erase.feedStates({ spaceId })) +
      (await erase.statementDays({ spaceId })) +
      (await erase.syncs({ spaceId }))
    )
  }
  const { connectionId, accountIds } = scope
  const runIds = await runsOf(parts, scope)
  const accounts = accountIds.map((accountId) => ({ accountId }))
  const aggregateIds = [...accountIds, ...runIds]
  return (
    (await erase.feedConnections({ spaceId, rows: [{ connectionId }], aggregateIds: [connectionId] })) +
    (await erase.feedStates({ spaceId, rows: accounts, aggregateIds })) +
    (await erase.statementDays({ spaceId, rows: accounts, aggregateIds })) +
    (await erase.syncs({ spaceId, rows: runIds.map((runId) => ({ runId })), aggregateIds }))
  )
}
