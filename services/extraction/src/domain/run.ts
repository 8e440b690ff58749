import type { FeedAccount, RunEvent, Trigger } from '@pf/contracts'

export type RunSync = { syncId: string; account: FeedAccount; attempt: number }
/** One sync of a connection: one sync per account, all asked for in one step. */
export type Run = { syncs: { syncId: string; accountId: string }[] }

export type RequestRun = {
  type: 'RequestRun'
  runId: string
  trigger: Trigger
  syncs: RunSync[]
  requestedAt: string
}
export type RunCommand = RequestRun

export const initial: Run = { syncs: [] }

export function decide({ runId, trigger, syncs, requestedAt }: RunCommand, state: Run): RunEvent[] {
  if (state.syncs.length > 0) return []
  return syncs.map(({ syncId, account, attempt }) => ({
    type: 'SyncRequested',
    data: { runId, syncId, account, trigger, attempt, requestedAt },
  }))
}

export function evolve(state: Run, { data }: RunEvent): Run {
  return { syncs: [...state.syncs, { syncId: data.syncId, accountId: data.account.accountId }] }
}
