import type { ReadModel } from '@pf/eventing'
import type { LakeBounds } from '../bounds.ts'
import type { LedgerRow } from '../read/ledgers.ts'
import { type CompactLakeParts, compactLake } from './compact-lake.ts'
import type { Account } from './present.ts'
import { type SweepLakeParts, sweepLake } from './sweep-lake.ts'
import { sweepPassing } from './sweep-passing.ts'

export type TendLakeParts = CompactLakeParts &
  SweepLakeParts & {
    views: { ledgers: Pick<ReadModel<LedgerRow>, 'find'> }
    /** An erasure waits for what is joined at this moment. */
    gate: { pass<T>(spaceId: string, work: () => Promise<T>): Promise<T> }
    /** Spaces that are being moved away: their files stay as they are. */
    leaving(): Promise<ReadonlySet<string>>
    logger: { info(facts: object, words: string): void; error(facts: object, words: string): void }
  }

const accountsAtOnce = 500

/**
 * A round of tending: every account's small files are compacted, what passed through and was left behind is deleted, and
 * from time to time what nothing names is swept. An
 * account that cannot be compacted keeps no other from it. The first round only waits: a start has other things to do.
 */
export function createTending(bounds: LakeBounds, parts: TendLakeParts): (signal: AbortSignal) => Promise<void> {
  let begun = false
  let sweptAt = 0
  return async (signal) => {
    if (!begun) {
      begun = true
      return
    }
    let files = 0
    const leaving = await parts.leaving()
    for await (const account of everyAccount(parts)) {
      if (signal.aborted) return
      if (leaving.has(account.spaceId)) continue
      const compacting = parts.gate.pass(account.spaceId, () => compactLake(account, bounds, parts))
      files += await compacting.catch((error: unknown) => {
        parts.logger.error({ ...account, err: error }, 'lake files are not compacted; it is tried again')
        return 0
      })
    }
    if (files > 0) parts.logger.info({ files }, 'lake compacted: so many files fewer')
    const passed = await sweepPassing(bounds.passingForMs, parts, signal)
    if (passed > 0) parts.logger.info({ passed }, 'what passed through and was left behind is deleted')
    const now = parts.clock.now().getTime()
    if (now - sweptAt < bounds.sweepEveryMs) return
    const swept = await sweepLake(bounds, parts, signal)
    sweptAt = now
    if (Object.values(swept).some((count) => count > 0)) parts.logger.info(swept, 'lake swept')
  }
}

async function* everyAccount({ views }: Pick<TendLakeParts, 'views'>): AsyncIterable<Account> {
  let after: string | undefined
  do {
    const rows: LedgerRow[] = await views.ledgers.find({
      where: {},
      orderBy: [{ column: 'accountId' }],
      limit: accountsAtOnce,
      ...(after === undefined ? {} : { after: [after] }),
    })
    for (const { spaceId, accountId } of rows) yield { spaceId, accountId }
    after = rows.length < accountsAtOnce ? undefined : rows.at(-1)?.accountId
  } while (after !== undefined)
}
