import type { LedgerEvent } from '@pf/contracts'
import type { CommandContext, CommandHandler } from '@pf/eventing'
import { syncs } from '../domain/lake.ts'
import type { Ledger, LedgerCommand } from '../domain/ledger.ts'
import { type Requests, type SyncFactsById, syncLogRow } from '../domain/sync-log.ts'
import type { Lake } from './ports.ts'
import type { Account } from './present.ts'

export type LogSyncsParts = {
  ledgers: CommandHandler<Ledger, LedgerCommand, LedgerEvent>
  lake: Lake
  /** The account's syncs as extraction's log has them now, and the requests of one run. */
  syncsOf(account: Account): Promise<SyncFactsById>
  requestsOf(run: { spaceId: string; runId: string }): Promise<Requests>
}

/**
 * One row of dataset `syncs` for each of these syncs that came to an end. Rows are made of extraction's events alone, so that
 * a retry writes the same files; a sync that is logged changes nothing.
 */
export async function logSyncs(
  account: Account,
  syncIds: readonly string[],
  cause: Omit<CommandContext, 'commandId'>,
  parts: LogSyncsParts,
): Promise<void> {
  const { spaceId, accountId } = account
  const at = { spaceId, aggregateId: accountId }
  const known = await parts.syncsOf(account)
  for (const syncId of syncIds) {
    const { state: ledger } = await parts.ledgers.load(at)
    const facts = known[syncId]
    // A feed that does not say when a sync started is not one that extraction wrote.
    if (facts === undefined || ledger.logged.includes(syncId)) continue
    const request = (await parts.requestsOf({ spaceId, runId: facts.runId }))[syncId]
    if (request === undefined)
      throw new Error(`Sync ${syncId} ended, and run ${facts.runId} never asked for it; the log is not whole.`)
    const row = syncLogRow(facts, request)
    if (row === undefined) continue
    const place = { spaceId, accountId, day: row.finished_at.slice(0, 10), name: syncId }
    const files = [await parts.lake.write(syncs, place, [row])]
    await parts.ledgers.handle(
      at,
      { type: 'LogSync', accountId, syncId, files, endedAt: row.finished_at },
      { ...cause, commandId: `log-${syncId}` },
    )
  }
}
