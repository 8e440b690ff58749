import type { FeedEvent, RunEvent } from '@pf/contracts'
import type { SyncLogRow } from './lake.ts'

type DataOf<T extends FeedEvent['type']> = Extract<FeedEvent, { type: T }>['data']

/** What an account's feed says of one sync. `end`: it came to one. */
export type SyncFacts = Pick<
  DataOf<'SyncStarted'>,
  'syncId' | 'runId' | 'connectionId' | 'accountId' | 'window' | 'startedAt'
> & {
  readonly provider: string
  readonly attempt: number
  readonly calls: number
  readonly counts: DataOf<'SyncStored'>['counts']
  /** Of the newest call that brought nothing. */
  readonly callError?: string
  readonly end?: { readonly status: SyncEnd; readonly code: string | null; readonly at: string }
}
type SyncEnd = 'completed' | 'partial' | 'failed'

/** Every sync of an account's feed, by id. */
export type SyncFactsById = Readonly<Record<string, SyncFacts>>

export const noSyncs: SyncFactsById = {}
const none = { observed: 0, added: 0, updated: 0, unchanged: 0, held: 0 }

/** What `learnSyncs` learns from. */
export const syncTypes = [
  'SyncStarted',
  'CallIntended',
  'WindowNarrowed',
  'CallFailed',
  'SyncStored',
  'SyncFailed',
  'SyncCompleted',
] as const

export function learnSyncs(syncs: SyncFactsById, { type, data }: FeedEvent): SyncFactsById {
  const known = syncs[data.syncId]
  const now = (facts: SyncFacts): SyncFactsById => ({ ...syncs, [data.syncId]: facts })
  if (type === 'SyncStarted') return known === undefined ? now(started(data)) : syncs
  // An end is the end: what is told again, or late, changes nothing.
  if (known === undefined || known.end !== undefined) return syncs
  switch (type) {
    case 'CallIntended':
      return now({ ...known, calls: known.calls + 1 })
    case 'WindowNarrowed':
      return now({ ...known, window: data.window })
    case 'CallFailed':
      return now({ ...known, callError: data.code })
    case 'SyncStored':
      return now({ ...known, counts: data.counts })
    case 'SyncFailed':
      return now({ ...known, end: { status: 'failed', code: data.code, at: data.failedAt } })
    case 'SyncCompleted': {
      const code = data.status === 'partial' ? (known.callError ?? null) : null
      return now({ ...known, end: { status: data.status, code, at: data.completedAt } })
    }
    default:
      return syncs
  }
}

const started = (data: DataOf<'SyncStarted'>): SyncFacts => ({
  syncId: data.syncId,
  runId: data.runId,
  connectionId: data.connectionId,
  accountId: data.accountId,
  window: data.window,
  startedAt: data.startedAt,
  provider: data.account.provider,
  attempt: data.attempt,
  calls: 0,
  counts: none,
})

/** When and why the syncs of one run were asked for, by their id. */
export type Requests = Readonly<Record<string, { trigger: string; requestedAt: string }>>
export const noRequests: Requests = {}
export const learnRequests = (requests: Requests, { data }: RunEvent): Requests => ({
  ...requests,
  [data.syncId]: { trigger: data.trigger, requestedAt: data.requestedAt },
})

/** Undefined where it has not come to an end. */
export function syncLogRow(
  { end, window, counts, ...facts }: SyncFacts,
  request: Requests[string],
): SyncLogRow | undefined {
  if (end === undefined) return undefined
  return {
    sync_id: facts.syncId,
    run_id: facts.runId,
    connection_id: facts.connectionId,
    account_id: facts.accountId,
    source: facts.provider,
    trigger: request.trigger,
    attempt: facts.attempt,
    status: end.status,
    error_code: end.code,
    window_from: window.from,
    window_to: window.to,
    calls: facts.calls,
    observed: counts.observed,
    added: counts.added,
    updated: counts.updated,
    unchanged: counts.unchanged,
    held: counts.held,
    requested_at: request.requestedAt,
    started_at: facts.startedAt,
    finished_at: end.at,
  }
}
