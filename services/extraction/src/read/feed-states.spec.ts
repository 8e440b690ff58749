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
import { initial } from '../domain/feed.ts'
import { neverAsked, type ProviderFeed } from '../domain/provider-feed.ts'
import { feedStates } from './feed-states.ts'

const { given } = specifyProjection(feedStates)
const row = (sandbox: Partial<ProviderFeed>) => ({
  ...{ accountId, spaceId, connectionId },
  feed: { ...initial, finished: [syncOf(1)], providers: { sandbox: { ...neverAsked, ...sandbox } } },
})
const recorded = <E>(event: E) => ({ event, meta: { spaceId } })
const call = { callId: callOf(1), syncId: syncOf(1), at: at(), counted: false } as const

describe('the read model of feeds', () => {
  it('keeps what was asked of the bank and how it went', () => {
    given(
      [syncStarted(), callIntended(), callFailed({ spent: 'unknown' }), syncFailed({ retryAt: at(1) })].map(recorded),
    ).then([
      row({
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
        watermark: '2026-11-22',
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
