import { type ErasureScope, type Principal, requests } from '@pf/contracts'
import type { Platform } from '../platform.ts'

export type Erasure = { erasureId: string; scope: ErasureScope; userId: string }

/** How long the processes that live may take to drop a key, and a service to delete what it has. */
const wordMs = 30_000
const deleteMs = 120_000
/** What is under way ends before anything is deleted; rounds are for what a projector had read and puts once more. */
const maxRounds = 8

/** First who writes and then who holds what was written; of one service's streams the next one's rows are made. */
const order = ['connection', 'extraction', 'storage', 'analytics', 'auth'] as const

/**
 * Erases, from the dropping of keys to the ledger's last word. Each step may be repeated, and all of them are after a failure:
 * a service or process that does not answer is asked again by whoever called, never passed over. Throws HoldersSilent,
 * DomainError `unavailable`, and what services refuse with.
 */
export async function carryOut(
  platform: Pick<Platform, 'keys' | 'holders' | 'ledger' | 'bus' | 'ids' | 'logger'>,
  { erasureId, scope, userId }: Erasure,
): Promise<void> {
  const { keys, holders, ledger, bus, ids, logger } = platform
  const tell = (kind: 'drop' | 'sweep') => holders.tell({ id: `${erasureId}/${ids.uuid()}`, kind, scope }, wordMs)
  const has = async (fact: 'erasing' | 'erased') =>
    (await ledger.entries()).some((entry) => entry.fact === fact && entry.erasureId === erasureId)
  const principal: Principal = { userId, spaceId: scope.spaceId, sessionId: '', roles: [] }

  // A restore from here on has to know: before the first key is gone.
  if (!(await has('erasing'))) await ledger.append({ fact: 'erasing', erasureId, scope })
  await keys.retire(scope)
  await tell('drop')
  for (let round = 1; ; round++) {
    let found = 0
    for (const name of order) {
      const options = { principal, deadlineMs: deleteMs }
      found += (await bus.call(requests[name].erase, { erasureId, scope }, options)).erased
    }
    await tell('sweep')
    logger.info({ erasureId, of: scope.of, round, found }, 'erasing')
    if (found === 0) break
    if (round === maxRounds) throw new Error(`Erasure ${erasureId}: something is written again after ${round} rounds.`)
  }
  await keys.destroy(scope)
  if (!(await has('erased'))) await ledger.append({ fact: 'erased', erasureId })
}
