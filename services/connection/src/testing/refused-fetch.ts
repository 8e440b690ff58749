import { type FeedEvent, feedEvents, type Principal } from '@pf/contracts'
import { createCommandHandler } from '@pf/eventing'
import type { Platform } from '@pf/service-kit'

/** What extraction notes of a fetch that was refused, for want of a consent unless told; `code` is the provider's word for it. */
export async function noteRefusedFetch(
  { eventLog: log, keys: sealer, clock, ids }: Platform,
  { spaceId }: Principal,
  { connectionId, accountId, bankNow }: { connectionId: string; accountId: string; bankNow: string },
  code = 'access_expired',
  action = 'reauthorise',
): Promise<void> {
  const decider = { initial: null, decide: (said: FeedEvent[]) => said, evolve: () => null }
  const writer = createCommandHandler<null, FeedEvent[], FeedEvent>(
    { ...feedEvents, decider },
    { log, sealer, clock, ids },
  )
  const [syncId, runId, callId] = [ids.uuid(), ids.uuid(), ids.uuid()]
  const outcome = { code, action, spent: 'no', counted: true } as const
  const data = { syncId, runId, connectionId, accountId, callId, scope: 'transactions', ...outcome, bankNow } as const
  await writer.handle({ spaceId, aggregateId: accountId }, [{ type: 'CallFailed', data }], { commandId: callId })
}
