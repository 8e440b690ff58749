import type { LedgerEvent, ManifestFile } from '@pf/contracts'
import type { Clock, CommandHandler, Ids } from '@pf/eventing'
import { type Compaction, type CompactionBounds, runsToCompact } from '../domain/compaction.ts'
import { type LakeDataset, lakeDatasets } from '../domain/lake.ts'
import { type Ledger, type LedgerCommand, manifestOf } from '../domain/ledger.ts'
import type { LedgerRows } from './ledger-rows.ts'
import type { Lake } from './ports.ts'
import type { Account } from './present.ts'

export type CompactLakeParts = {
  ledgers: CommandHandler<Ledger, LedgerCommand, LedgerEvent>
  lake: Lake
  rows: LedgerRows
  clock: Clock
  ids: Ids
}

/**
 * Makes an account's small files fewer, and answers how many are gone from the manifest. The joined files are uploaded
 * first, then one message puts them into the places of those that they hold. A sync that is stored meanwhile only adds
 * files, and goes on; of two replicas that compact the same files, one counts. A crash leaves files that no event names,
 * under a name that is never used again.
 */
export async function compactLake(
  account: Account,
  bounds: CompactionBounds,
  parts: CompactLakeParts,
): Promise<number> {
  const at = { spaceId: account.spaceId, aggregateId: account.accountId }
  const { state } = await parts.ledgers.load(at)
  const name = parts.ids.uuid()
  const compactions: Compaction[] = []
  for (const run of runsToCompact(manifestOf(state), bounds)) {
    const dataset = datasetOf(run)
    if (dataset === undefined) continue
    const place = { ...account, day: lastDay(run), name: `joined-${name}` }
    const file = await parts.lake.join(dataset, place, run)
    compactions.push({ file, replaced: run.map(({ key }) => key) })
  }
  if (compactions.length === 0) return 0
  const compactedAt = parts.clock.now().toISOString()
  const command = { type: 'CompactFiles' as const, accountId: account.accountId, compactions, compactedAt }
  const { events } = await parts.ledgers.handle(at, command, { commandId: `compact-${name}` })
  const done = events.flatMap(({ type, data }) =>
    type === 'LakeCompacted' ? data.files.map((file) => ({ file, replaced: data.replaced })) : [],
  )
  parts.rows.swap(account, done)
  return done.reduce((gone, { replaced }) => gone + replaced.length - 1, 0)
}

/** Undefined for files of a version that is written no more: they stay as they are. */
const datasetOf = ([first]: readonly ManifestFile[]): LakeDataset | undefined =>
  lakeDatasets.find(({ name, version }) => name === first?.dataset && version === first.schemaVersion)

/** A joined file lies under the last ingestion day of its rows: who looks for later days may pass it over. */
function lastDay(files: readonly ManifestFile[]): string {
  const days = files.map(({ key }) => /\/day=(\d{4}-\d{2}-\d{2})\//.exec(key)?.[1] ?? '').sort()
  return days.at(-1)!
}
