import type { FeedAccount, Rest, Trigger } from '@pf/contracts'
import { derivedUuid } from '@pf/eventing'
import type { FeedConnectionRow, ReadableAccount } from '../read/feed-connections.ts'
import type { Parts } from './parts.ts'

export type WantedRun = {
  spaceId: string
  /** What triggered it, in words that every replica finds: the ids are made from it. */
  cause: string
  trigger: Trigger
  accounts: readonly { account: FeedAccount; attempt: number }[]
}

export const runIdOf = (spaceId: string, cause: string): string => derivedUuid('run', spaceId, cause)

/** All syncs of a run, in one message; the same cause again changes nothing and answers the run that stands. */
export async function requestRun(
  parts: Parts,
  { spaceId, cause, trigger, accounts }: WantedRun,
): Promise<{ run: Rest.SyncRun; position: string | undefined }> {
  const runId = runIdOf(spaceId, cause)
  const syncs = accounts.map(({ account, attempt }) => ({
    syncId: derivedUuid('sync', runId, account.accountId),
    account,
    attempt,
  }))
  const { state, position } = await parts.runs.handle(
    { spaceId, aggregateId: runId },
    { type: 'RequestRun', runId, trigger, syncs, requestedAt: parts.clock.now().toISOString() },
    { commandId: `request:${runId}` },
  )
  return { run: viewOf(runId, state.syncs), position }
}

/** The run of a cause, where there is one already. */
export async function standingRun(parts: Parts, spaceId: string, cause: string): Promise<Rest.SyncRun | undefined> {
  const runId = runIdOf(spaceId, cause)
  const { state } = await parts.runs.load({ spaceId, aggregateId: runId })
  return state.syncs.length === 0 ? undefined : viewOf(runId, state.syncs)
}

const viewOf = (runId: string, syncs: readonly { syncId: string; accountId: string }[]): Rest.SyncRun => ({
  run_id: runId,
  syncs: syncs.map(({ syncId, accountId }) => ({ id: syncId, account_id: accountId })),
})

type Linked = Pick<FeedConnectionRow, 'connectionId' | 'provider' | 'institutionId' | 'historyDays'>

/** Enough of an account for the bank to be asked without another look anywhere. */
export function feedAccountOf(connection: Linked, account: ReadableAccount): FeedAccount {
  const { connectionId, provider, institutionId, historyDays } = connection
  const { accountId, providerAccountId, currency, timeZone } = account
  return {
    accountId,
    connectionId,
    provider,
    providerAccountId,
    institutionId,
    currency,
    timeZone,
    historyDays: historyDays ?? 90,
  }
}
