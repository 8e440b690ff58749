import { specifyProjection } from '@pf/eventing/testing'
import {
  accountId,
  at,
  balancesFetched,
  callFailed,
  callIntended,
  callOf,
  connectionId,
  spaceId,
  syncCompleted,
  syncFailed,
  syncOf,
  syncStarted,
  syncStored,
  transactionsFetched,
} from '../domain/builders.ts'
import { type Feed, initial } from '../domain/feed.ts'
import { feedStates } from './feed-states.ts'

const { given } = specifyProjection(feedStates)
const row = (feed: Partial<Feed>) => ({ accountId, spaceId, connectionId, feed: { ...initial, ...feed } })
const recorded = <E>(event: E) => ({ event, meta: { spaceId } })
const call = { callId: callOf(1), syncId: syncOf(1), at: at(), counted: false } as const

describe('the read model of feeds', () => {
  it('keeps what was asked of the bank and how it went', () => {
    given(
      [syncStarted(), callIntended(), callFailed({ spent: 'unknown' }), syncFailed({ retryAt: at(1) })].map(recorded),
    ).then([
      row({
        finished: [syncOf(1)],
        calls: [{ ...call, scope: 'transactions', outcome: 'unknown' }],
        lastStartedAt: at(),
        failure: { syncId: syncOf(1), attempt: 0, retryAt: at(1) },
      }),
    ])
  })

  it('moves the watermark when the rows are stored, and forgets the sync when it is done', () => {
    const quota = { limit: 4, remaining: 3, resetsAt: at(24 * 60) }
    const story = [
      syncStarted(),
      callIntended(),
      callIntended({ callId: callOf(2), scope: 'balances' }),
      transactionsFetched({ quota }),
      balancesFetched(),
      syncStored(),
      syncCompleted(),
    ]
    given(story.map(recorded)).then([
      row({
        watermarks: { sandbox: '2026-11-22' },
        finished: [syncOf(1)],
        calls: [
          { ...call, scope: 'transactions', outcome: 'spent' },
          { ...call, callId: callOf(2), scope: 'balances', outcome: 'spent' },
        ],
        told: { transactions: { ...quota, at: at() } },
        lastStartedAt: at(),
      }),
    ])
  })
})
