import type { RunEvent } from '@pf/contracts'
import { specifyProjection } from '@pf/eventing/testing'
import {
  accountId,
  at,
  balancesFetched,
  callFailed,
  callIntended,
  callOf,
  connectionId,
  daysMissed,
  feedAccount,
  runId,
  spaceId,
  syncCompleted,
  syncFailed,
  syncOf,
  syncStarted,
  syncStored,
  transactionsFetched,
} from '../domain/builders.ts'
import { type SyncRow, syncs } from './syncs.ts'

const { given } = specifyProjection(syncs)
const requested: RunEvent = {
  type: 'SyncRequested',
  data: { runId, syncId: syncOf(1), account: feedAccount(), trigger: 'user', attempt: 0, requestedAt: at() },
}
const recorded = <E>(event: E) => ({ event, meta: { spaceId } })
const row = (overrides: Partial<SyncRow>): SyncRow => ({
  syncId: syncOf(1),
  spaceId,
  runId,
  connectionId,
  accountId,
  trigger: 'user',
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
  requestedAt: at(),
  startedAt: null,
  finishedAt: null,
  retryAt: null,
  errorCode: null,
  errorDetail: null,
  ...overrides,
})
const started = { startedAt: at(), windowFrom: '2024-11-23', windowTo: '2026-11-22' }

describe('the read model of syncs', () => {
  it('shows a sync from the moment it is asked for', () => {
    given([requested].map(recorded)).then([row({})])
  })

  it('shows each step, with every call counted once', () => {
    const asked = [requested, syncStarted(), callIntended(), callIntended({ callId: callOf(2), scope: 'balances' })]
    const callIds = [callOf(1), callOf(2)]
    given(asked.map(recorded)).then([row({ ...started, status: 'fetching', callIds })])
    const fetched = [...asked, transactionsFetched(), balancesFetched()]
    given(fetched.map(recorded)).then([row({ ...started, status: 'storing', callIds })])
    const stored = [...fetched, syncStored()]
    const counts = { observed: 3, added: 3 }
    given(stored.map(recorded)).then([row({ ...started, ...counts, status: 'materialising', callIds })])
    given([...stored, syncCompleted({ status: 'partial' })].map(recorded)).then([
      row({ ...started, ...counts, status: 'partial', callIds, finishedAt: at() }),
    ])
  })

  it('shows the days that its window could not reach, whenever they are told', () => {
    const story = [requested, syncStarted(), callIntended(), transactionsFetched(), daysMissed()]
    given(story.map(recorded)).then([
      row({
        ...started,
        ...{ status: 'storing', callIds: [callOf(1)] },
        ...{ missedFrom: '2024-08-01', missedTo: '2024-11-22' },
      }),
    ])
  })

  it('shows why a sync failed and when it comes again', () => {
    const story = [requested, syncStarted(), callIntended(), callFailed(), syncFailed({ detail: 'x', retryAt: at(1) })]
    given(story.map(recorded)).then([
      row({
        ...started,
        status: 'failed',
        callIds: [callOf(1)],
        finishedAt: at(),
        retryAt: at(1),
        errorCode: 'bank_unavailable',
        errorDetail: 'x',
      }),
    ])
  })

  it('never moves a sync back', () => {
    const story = [requested, syncStarted(), syncFailed({ detail: 'x' }), syncStarted(), requested]
    given(story.map(recorded)).then([
      row({ ...started, status: 'failed', finishedAt: at(), errorCode: 'bank_unavailable', errorDetail: 'x' }),
    ])
  })
})
