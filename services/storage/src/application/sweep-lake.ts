import type { LedgerEvent } from '@pf/contracts'
import type { Clock, CommandHandler } from '@pf/eventing'
import type { ObjectStore, StoredObject } from '@pf/object-store'
import type { Ledger, LedgerCommand } from '../domain/ledger.ts'
import { accountOfKey, type SweepBounds, standingIn } from '../domain/sweeping.ts'
import type { Account } from './present.ts'

export type SweepLakeParts = {
  ledgers: CommandHandler<Ledger, LedgerCommand, LedgerEvent>
  objects: Pick<ObjectStore, 'list' | 'delete'>
  clock: Clock
}

/** `waiting`: nothing names them, and something still may. `strange`: keys that storage would not write. */
export type Swept = {
  orphans: number
  replaced: number
  waiting: number
  strange: number
  bytes: number
}

/** Objects looked at with one look at their ledger. */
const maxAtOnce = 1000

/**
 * Deletes what no manifest names any more: files replaced long ago, files of attempts that came to nothing. Raw answers are not swept: extraction takes up one that it finds without its event.
 */
export async function sweepLake(bounds: SweepBounds, parts: SweepLakeParts, signal: AbortSignal): Promise<Swept> {
  const swept: Swept = { orphans: 0, replaced: 0, waiting: 0, strange: 0, bytes: 0 }
  const drop = async ({ key, size }: StoredObject, as: 'orphans' | 'replaced') => {
    await parts.objects.delete(key)
    swept[as]++
    swept.bytes += size
  }
  let account: Account | undefined
  const waiting: StoredObject[] = []
  const flush = async () => {
    const found = waiting.splice(0)
    if (account === undefined || found.length === 0) return
    const at = { spaceId: account.spaceId, aggregateId: account.accountId }
    // Loaded after the files were listed: whatever was named until then is named here.
    const { state } = await parts.ledgers.load(at)
    const standing = standingIn(state, bounds, parts.clock.now())
    for (const object of found) {
      const stands = standing(object)
      if (stands === 'orphan') await drop(object, 'orphans')
      if (stands === 'replaced') await drop(object, 'replaced')
      if (stands === 'waiting') swept.waiting++
    }
  }
  for await (const object of parts.objects.list('lake/')) {
    if (signal.aborted) return swept
    const owner = accountOfKey(object.key)
    if (owner === undefined) swept.strange++
    if (owner === undefined) continue
    const same = owner.spaceId === account?.spaceId && owner.accountId === account.accountId
    if (!same || waiting.length >= maxAtOnce) await flush()
    account = owner
    waiting.push(object)
  }
  await flush()
  return swept
}
