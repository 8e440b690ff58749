import type { FeedEvent, Rest, RunEvent, Trigger } from '@pf/contracts'
import { change, type Operation, projection } from '@pf/eventing'

export type SyncRow = {
  syncId: string
  spaceId: string
  runId: string
  connectionId: string
  accountId: string
  trigger: Trigger
  status: Rest.SyncStatus
  windowFrom: string | null
  windowTo: string | null
  /** Days before the window that nobody asked the bank for. */
  missedFrom: string | null
  missedTo: string | null
  /** Calls to the bank that were intended. */
  callIds: string[]
  observed: number
  added: number
  updated: number
  unchanged: number
  held: number
  requestedAt: string
  startedAt: string | null
  finishedAt: string | null
  retryAt: string | null
  errorCode: string | null
  errorDetail: string | null
}

/** A sync only moves on: an event that comes again changes nothing. */
const order: Readonly<Record<Rest.SyncStatus, number>> = {
  queued: 0,
  fetching: 1,
  storing: 2,
  materialising: 3,
  completed: 4,
  partial: 4,
  failed: 4,
}

function onwards(syncId: string, to: Rest.SyncStatus, facts: (row: SyncRow) => Partial<SyncRow>): Operation<SyncRow> {
  return change<SyncRow>({ syncId }, (row) =>
    row === undefined || order[row.status] >= order[to] ? row : { ...row, ...facts(row), status: to },
  )
}

/** What became of every sync? One row each. */
export const syncs = projection<RunEvent | FeedEvent, SyncRow>({
  name: 'syncs',
  version: 2,
  context: 'extraction',
  table: {
    name: 'syncs',
    key: ['syncId'],
    space: 'spaceId',
    indexes: [
      ['spaceId', 'requestedAt', 'syncId'],
      ['accountId', 'requestedAt', 'syncId'],
      ['connectionId', 'requestedAt', 'syncId'],
      ['runId'],
      ['status'],
    ],
    columns: {
      syncId: 'text',
      spaceId: 'text',
      runId: 'text',
      connectionId: 'text',
      accountId: 'text',
      trigger: 'text',
      status: 'text',
      windowFrom: { type: 'date', nullable: true },
      windowTo: { type: 'date', nullable: true },
      missedFrom: { type: 'date', nullable: true },
      missedTo: { type: 'date', nullable: true },
      callIds: 'jsonb',
      observed: 'integer',
      added: 'integer',
      updated: 'integer',
      unchanged: 'integer',
      held: 'integer',
      requestedAt: 'timestamptz',
      startedAt: { type: 'timestamptz', nullable: true },
      finishedAt: { type: 'timestamptz', nullable: true },
      retryAt: { type: 'timestamptz', nullable: true },
      errorCode: { type: 'text', nullable: true },
      errorDetail: { type: 'text', nullable: true },
    },
  },
  on: {
    SyncRequested: ({ syncId, runId, account, trigger, requestedAt }, { spaceId }) =>
      change<SyncRow>({ syncId }, (row) => row ?? requested({ syncId, runId, spaceId, account, trigger, requestedAt })),
    SyncStarted: ({ syncId, window, startedAt }) =>
      onwards(syncId, 'fetching', () => ({ windowFrom: window.from, windowTo: window.to, startedAt })),
    CallIntended: ({ syncId, callId }) =>
      change<SyncRow>({ syncId }, (row) =>
        row === undefined || row.callIds.includes(callId) ? row : { ...row, callIds: [...row.callIds, callId] },
      ),
    WindowNarrowed: ({ syncId, window }) =>
      change<SyncRow>({ syncId }, (row) =>
        row?.status === 'fetching' ? { ...row, windowFrom: window.from, windowTo: window.to } : row,
      ),
    DaysMissed: ({ syncId, from, to }) =>
      change<SyncRow>({ syncId }, (row) => row && { ...row, missedFrom: from, missedTo: to }),
    TransactionsFetched: ({ syncId }) => onwards(syncId, 'storing', () => ({})),
    SyncStored: ({ syncId, counts }) => onwards(syncId, 'materialising', () => counts),
    SyncCompleted: ({ syncId, status, completedAt }) => onwards(syncId, status, () => ({ finishedAt: completedAt })),
    SyncFailed: ({ syncId, code, detail, retryAt, failedAt }) =>
      onwards(syncId, 'failed', () => ({
        errorCode: code,
        errorDetail: detail,
        retryAt: retryAt ?? null,
        finishedAt: failedAt,
      })),
  },
})

function requested(
  said: Pick<SyncRow, 'syncId' | 'runId' | 'spaceId' | 'trigger' | 'requestedAt'> & {
    account: { accountId: string; connectionId: string }
  },
): SyncRow {
  const { account, ...ids } = said
  return {
    ...ids,
    connectionId: account.connectionId,
    accountId: account.accountId,
    status: 'queued',
    windowFrom: null,
    windowTo: null,
    missedFrom: null,
    missedTo: null,
    callIds: [],
    observed: 0,
    added: 0,
    updated: 0,
    unchanged: 0,
    held: 0,
    startedAt: null,
    finishedAt: null,
    retryAt: null,
    errorCode: null,
    errorDetail: null,
  }
}
