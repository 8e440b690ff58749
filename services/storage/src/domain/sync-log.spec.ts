import type { FeedEvent } from '@pf/contracts'
import { ids, transactionsFetched } from './builders.ts'
import { learnSyncs, noSyncs, syncLogRow } from './sync-log.ts'

const { account } = transactionsFetched().data
const of = { syncId: ids.sync(1), runId: ids.run, connectionId: ids.connection, accountId: ids.account }
const window = { from: '2026-10-01', to: '2026-10-31' }
const at = (second: number) => `2026-10-31T08:00:0${second}.000Z`
const counts = { observed: 5, added: 2, updated: 1, unchanged: 1, held: 1 }

const started: FeedEvent = {
  type: 'SyncStarted',
  data: { ...of, account, attempt: 1, window, bankNow: at(1), startedAt: at(1) },
}
const intended = (n: number, scope: 'transactions' | 'balances'): FeedEvent => ({
  type: 'CallIntended',
  data: { ...of, callId: ids.sync(900 + n), scope, bankNow: at(2) },
})
const callFailed = (scope: 'transactions' | 'balances', code: string): FeedEvent => ({
  type: 'CallFailed',
  data: {
    ...of,
    callId: ids.sync(901),
    scope,
    code,
    action: 'retry_later',
    spent: 'yes',
    counted: false,
    bankNow: at(3),
  },
})
const stored: FeedEvent = { type: 'SyncStored', data: { ...of, window, counts, storedAt: at(4) } }
const completed = (status: 'completed' | 'partial'): FeedEvent => ({
  type: 'SyncCompleted',
  data: { ...of, status, completedAt: at(5) },
})
const failed: FeedEvent = {
  type: 'SyncFailed',
  data: { ...of, code: 'rate_limited', detail: 'The bank wants a rest.', attempt: 1, failedAt: at(3) },
}

function rowOf(...events: FeedEvent[]) {
  const facts = events.reduce(learnSyncs, noSyncs)[of.syncId]
  return facts && syncLogRow(facts, { trigger: 'schedule', requestedAt: at(0) })
}

describe('the log of a sync', () => {
  it('has when, what for and what came of it', () => {
    const calls = [intended(1, 'transactions'), intended(2, 'balances')]
    expect(rowOf(started, ...calls, transactionsFetched(), stored, completed('completed'))).toEqual({
      sync_id: of.syncId,
      run_id: of.runId,
      connection_id: of.connectionId,
      account_id: of.accountId,
      source: 'sandbox',
      trigger: 'schedule',
      attempt: 1,
      status: 'completed',
      error_code: null,
      window_from: '2026-10-01',
      window_to: '2026-10-31',
      calls: 2,
      ...counts,
      requested_at: at(0),
      started_at: at(1),
      finished_at: at(5),
    })
  })

  it('says why balances did not come', () => {
    const row = rowOf(started, intended(1, 'balances'), callFailed('balances', 'quota'), stored, completed('partial'))
    expect(row).toMatchObject({ status: 'partial', error_code: 'quota', added: 2 })
  })

  it('of a failed one has its code and its moment, no rows, and none of its words', () => {
    const row = rowOf(started, intended(1, 'transactions'), callFailed('transactions', 'rate_limited'), failed)
    expect(row).toMatchObject({ status: 'failed', error_code: 'rate_limited', observed: 0, finished_at: at(3) })
    expect(JSON.stringify(row)).not.toContain('The bank wants')
  })

  it('is not there before the end', () => {
    expect(rowOf(started, intended(1, 'transactions'), transactionsFetched(), stored)).toBeUndefined()
  })

  it('is the same when the events come twice', () => {
    const events = [started, intended(1, 'transactions'), transactionsFetched(), stored, completed('completed')]
    expect(rowOf(...events, ...events)).toEqual(rowOf(...events))
  })
})
