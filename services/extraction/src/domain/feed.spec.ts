import type { FeedEvent } from '@pf/contracts'
import { specify } from '@pf/eventing/testing'
import {
  answerFoundStale,
  answerOf,
  at,
  balancesFetched,
  callFailed,
  callIntended,
  callOf,
  completeFetch,
  connectionId,
  daysMissed,
  endWithheld,
  failCall,
  feedAccount,
  intendCall,
  recordStored,
  startSync,
  syncCompleted,
  syncFailed,
  syncOf,
  syncStarted,
  syncStored,
  transactionsFetched,
  windowNarrowed,
} from './builders.ts'
import * as feed from './feed.ts'

const { given } = specify(feed)
const day = 24 * 60
const fetching = [syncStarted()]
const asked = [...fetching, callIntended()]
const storing = [...asked, transactionsFetched()]
const materialising = [...storing, syncStored()]
const completed = [...materialising, syncCompleted()]

/** A sync of its own that used up one call at `minutes`. */
const earlierCall = (n: number, minutes: number, overrides = {}): FeedEvent[] => [
  syncStarted({ syncId: syncOf(n), startedAt: at(minutes), bankNow: at(minutes) }),
  callIntended({ syncId: syncOf(n), callId: callOf(n), bankNow: at(minutes) }),
  callFailed({ syncId: syncOf(n), callId: callOf(n), bankNow: at(minutes), spent: 'unknown', ...overrides }),
  syncFailed({ syncId: syncOf(n) }),
]

describe('the first sync of an account', () => {
  it('asks for the longest history that the consent allows', () => {
    given([])
      .when(startSync())
      .then([syncStarted({ window: { from: '2024-11-23', to: '2026-11-22' } })])
  })

  it('stays quiet when it is started again, or after its end', () => {
    given(fetching).when(startSync()).thenNothing()
    given(completed).when(startSync()).thenNothing()
  })
})

describe('a later sync', () => {
  const later = startSync({ syncId: syncOf(2), bankNow: at(10 * day), startedAt: at(10 * day) })

  it('asks from the watermark less fourteen days', () => {
    given(completed)
      .when(later)
      .then([
        syncStarted({
          syncId: syncOf(2),
          window: { from: '2026-11-08', to: '2026-12-02' },
          bankNow: at(10 * day),
          startedAt: at(10 * day),
        }),
      ])
  })

  it('does not take rows for stored that are only fetched', () => {
    given(storing)
      .when(later)
      .then([
        syncStarted({
          syncId: syncOf(2),
          window: { from: '2024-12-03', to: '2026-12-02' },
          bankNow: at(10 * day),
          startedAt: at(10 * day),
        }),
      ])
  })

  it('is refused while another one asks the bank', () => {
    given(fetching)
      .when(startSync({ syncId: syncOf(2), startedAt: at(14) }))
      .thenRefuses('sync_in_progress')
  })

  it('takes the place of one that was left lying', () => {
    given(fetching)
      .when(startSync({ syncId: syncOf(2), startedAt: at(15) }))
      .then([
        syncFailed({ code: 'abandoned', detail: expect.any(String) as unknown as string, failedAt: at(15) }),
        syncStarted({ syncId: syncOf(2), startedAt: at(15) }),
      ])
  })
})

describe('a call to the bank', () => {
  it('is intended before it is made', () => {
    given(fetching).when(intendCall()).then([callIntended()])
  })

  it('counts as spent where its outcome is unknown, and another one may be made', () => {
    given(asked)
      .when(intendCall({ callId: callOf(2), bankNow: at(1) }))
      .then([
        callFailed({ code: 'outcome_unknown', spent: 'unknown', bankNow: at(1) }),
        callIntended({ callId: callOf(2), bankNow: at(1) }),
      ])
  })

  const spent = [2, 3, 4, 5].flatMap((n) => earlierCall(n, -day + n))

  it('is refused where the four of the rolling day are spent, and the sync comes again when one is free', () => {
    given([...spent, ...fetching])
      .when(intendCall())
      .then([syncFailed({ code: 'quota_exhausted', detail: expect.any(String) as unknown as string, retryAt: at(2) })])
  })

  it('is allowed again once the oldest is a day old', () => {
    given([...spent, ...fetching])
      .when(intendCall({ bankNow: at(2) }))
      .then([callIntended({ bankNow: at(2) })])
  })

  it('for balances is simply left out where nothing is left', () => {
    const balances = [2, 3, 4, 5].flatMap((n) => [
      syncStarted({ syncId: syncOf(n) }),
      callIntended({ syncId: syncOf(n), callId: callOf(n), scope: 'balances' }),
      syncFailed({ syncId: syncOf(n) }),
    ])
    given([...balances, ...fetching])
      .when(intendCall({ scope: 'balances' }))
      .thenNothing()
  })

  it('is not made a third time within a day where the bank counted two failures', () => {
    const failures = [2, 3].flatMap((n) => earlierCall(n, -60 + n, { spent: 'no', counted: true }))
    given([...failures, ...fetching])
      .when(intendCall())
      .then([
        syncFailed({ code: 'bank_rests', detail: expect.any(String) as unknown as string, retryAt: at(day - 58) }),
      ])
  })

  it('is not made for a day after the bank reported trouble with the account, by this provider alone', () => {
    const troubled = (minutes: number) =>
      earlierCall(2, minutes, { spent: 'no', code: 'account_in_error', action: 'pause_and_check_account' })
    given([...troubled(-60), ...fetching])
      .when(intendCall())
      .then([
        syncFailed({ code: 'bank_rests', detail: expect.any(String) as unknown as string, retryAt: at(day - 60) }),
      ])
    given([...troubled(-day), ...fetching])
      .when(intendCall())
      .then([callIntended()])
    given([...troubled(-60), syncStarted({ account: feedAccount({ provider: 'enable-banking' }) })])
      .when(intendCall())
      .then([callIntended()])
  })

  it('is refused while the bank allows no more, whoever asks', () => {
    const throttled = [
      syncStarted({ syncId: syncOf(2) }),
      callIntended({ syncId: syncOf(2), callId: callOf(2) }),
      callFailed({ syncId: syncOf(2), callId: callOf(2), action: 'wait_until_reset', resetsAt: at(90) }),
      syncFailed({ syncId: syncOf(2), retryAt: at(90) }),
    ]
    given([...throttled, ...fetching])
      .when(intendCall({ bankNow: at(89) }))
      .then([syncFailed({ code: 'quota_exhausted', detail: expect.any(String) as unknown as string, retryAt: at(90) })])
    given([...throttled, ...fetching])
      .when(intendCall({ bankNow: at(90) }))
      .then([callIntended({ bankNow: at(90) })])
  })

  it('for balances is left out while the bank allows no more of them, and transactions go on', () => {
    const throttled = [
      syncStarted({ syncId: syncOf(2) }),
      callIntended({ syncId: syncOf(2), callId: callOf(2), scope: 'balances' }),
      callFailed({ syncId: syncOf(2), callId: callOf(2), scope: 'balances', resetsAt: at(90) }),
      syncFailed({ syncId: syncOf(2) }),
    ]
    const balances = { scope: 'balances', callId: callOf(3) } as const
    given([...throttled, ...fetching])
      .when(intendCall({ ...balances, bankNow: at(89) }))
      .thenNothing()
    given([...throttled, ...fetching])
      .when(intendCall({ ...balances, bankNow: at(90) }))
      .then([callIntended({ ...balances, bankNow: at(90) })])
    given([...throttled, ...fetching])
      .when(intendCall({ bankNow: at(1) }))
      .then([callIntended({ bankNow: at(1) })])
  })

  it('is not made where failures of transactions and balances together are two within a day', () => {
    const failures = [
      ...earlierCall(2, -60, { spent: 'no', counted: true }),
      ...[callIntended({ callId: callOf(3), scope: 'balances', bankNow: at(-1) })],
      callFailed({ callId: callOf(3), scope: 'balances', bankNow: at(-1), spent: 'no', counted: true }),
    ]
    given([...fetching, ...failures])
      .when(intendCall())
      .then([
        syncFailed({ code: 'bank_rests', detail: expect.any(String) as unknown as string, retryAt: at(day - 60) }),
      ])
  })
})

describe('a resource that the bank withholds', () => {
  const week = 7 * day
  const withheld = { action: 'resource_unavailable', code: 'resource_unavailable' } as const
  const refused = [
    syncStarted({ syncId: syncOf(2), bankNow: at(-day), startedAt: at(-day) }),
    callIntended({ syncId: syncOf(2), callId: callOf(2), scope: 'balances', bankNow: at(-day) }),
    callFailed({ ...withheld, syncId: syncOf(2), callId: callOf(2), scope: 'balances', bankNow: at(-day) }),
    syncFailed({ syncId: syncOf(2) }),
    ...fetching,
  ]
  const balances = { scope: 'balances', callId: callOf(3) } as const

  const end = syncFailed({
    code: 'transactions_withheld',
    detail: expect.stringContaining('week') as unknown as string,
  })

  it('is transactions: the sync goes on for the balances, and ends without a retry of its own', () => {
    given(asked)
      .when(failCall(withheld))
      .then([callFailed(withheld)])
    const told = [...asked, callFailed(withheld), callIntended(balances)]
    given(told)
      .when(endWithheld({ balances: answerOf({ callId: callOf(3) }) }))
      .then([balancesFetched({ callId: callOf(3) }), end])
    given(told).when(endWithheld()).then([end])
    given([...told, end])
      .when(endWithheld())
      .thenNothing()
    given(storing).when(endWithheld()).thenNothing()
  })

  it('is transactions: each day’s sync leaves them out for a week, and asks for balances', () => {
    const before = [
      syncStarted({ syncId: syncOf(2), bankNow: at(-day), startedAt: at(-day) }),
      callIntended({ syncId: syncOf(2), callId: callOf(2), bankNow: at(-day) }),
      callFailed({ ...withheld, syncId: syncOf(2), callId: callOf(2), bankNow: at(-day) }),
      syncFailed({ syncId: syncOf(2) }),
      ...fetching,
    ]
    given(before).when(intendCall()).thenNothing()
    given(before)
      .when(intendCall(balances))
      .then([callIntended(balances)])
    given(before)
      .when(intendCall({ insists: true }))
      .then([callIntended()])
    const after = at(week - day)
    given(before)
      .when(intendCall({ bankNow: after }))
      .then([callIntended({ bankNow: after })])
  })

  it('is not asked for twice by one sync, whoever insists', () => {
    given([...asked, callFailed(withheld)])
      .when(intendCall({ callId: callOf(4), insists: true }))
      .thenNothing()
  })

  it('is balances: they are left out for a week, and transactions go on', () => {
    given(refused).when(intendCall(balances)).thenNothing()
    given(refused).when(intendCall()).then([callIntended()])
    const after = at(week - day)
    given(refused)
      .when(intendCall({ ...balances, bankNow: after }))
      .then([callIntended({ ...balances, bankNow: after })])
  })

  it('is asked for at once with a new consent, and then as ever once it was given', () => {
    const consented = intendCall({ ...balances, insists: true })
    given(refused)
      .when(consented)
      .then([callIntended(balances)])
    const answered = [callIntended(balances), balancesFetched({ callId: callOf(3) })]
    given([...refused, ...answered])
      .when(intendCall({ scope: 'balances', callId: callOf(4) }))
      .then([callIntended({ scope: 'balances', callId: callOf(4) })])
  })
})

describe('an answer of the bank', () => {
  it('is recorded with its balances in one step', () => {
    given([...asked, callIntended({ callId: callOf(2), scope: 'balances' })])
      .when(completeFetch({ balances: answerOf({ callId: callOf(2) }) }))
      .then([transactionsFetched(), balancesFetched()])
  })

  it('goes on without balances where they failed', () => {
    given(asked).when(completeFetch()).then([transactionsFetched()])
  })

  it('is recorded once', () => {
    given(storing).when(completeFetch()).thenNothing()
    given(completed).when(completeFetch()).thenNothing()
  })
})

describe('a call that failed', () => {
  const again = (attempt: number) => [syncStarted({ attempt }), callIntended()]

  it.each([
    [0, 1],
    [1, 5],
    [2, 15],
    [3, 60],
    [9, 60],
  ])('for want of an answer, after %i retries, is tried again after %i min', (attempt, minutes) => {
    given(again(attempt))
      .when(failCall())
      .then([callFailed(), syncFailed({ attempt, retryAt: at(minutes) })])
  })

  it('and counts towards a suspension is tried again once after six hours, then when a day has passed', () => {
    given(asked)
      .when(failCall({ counted: true }))
      .then([callFailed({ counted: true }), syncFailed({ retryAt: at(6 * 60) })])
    given([...earlierCall(2, -360, { spent: 'no', counted: true }), ...asked])
      .when(failCall({ counted: true }))
      .then([callFailed({ counted: true }), syncFailed({ retryAt: at(day - 360) })])
  })

  it('for a spent quota is tried again at its reset', () => {
    const said = { action: 'wait_until_reset', code: 'rate_limited' }
    given(asked)
      .when(failCall({ ...said, retryAfterSeconds: 5400 }))
      .then([
        callFailed({ ...said, resetsAt: at(90) }),
        syncFailed({ code: 'rate_limited', detail: expect.any(String) as unknown as string, retryAt: at(90) }),
      ])
  })

  it('for want of a consent is not tried again', () => {
    const said = { action: 'reauthorise', code: 'consent_expired' }
    given(asked)
      .when(failCall(said))
      .then([
        callFailed(said),
        syncFailed({ code: 'consent_expired', detail: expect.any(String) as unknown as string }),
      ])
  })

  it('for balances does not fail the sync', () => {
    given([...asked, callIntended({ callId: callOf(2), scope: 'balances' })])
      .when(failCall({ callId: callOf(2), scope: 'balances' }))
      .then([callFailed({ callId: callOf(2), scope: 'balances' })])
  })

  it('for balances whose quota is spent tells until when', () => {
    const said = { callId: callOf(2), scope: 'balances', action: 'wait_until_reset', code: 'rate_limited' } as const
    given([...asked, callIntended({ callId: callOf(2), scope: 'balances' })])
      .when(failCall({ ...said, retryAfterSeconds: 5400 }))
      .then([callFailed({ ...said, resetsAt: at(90) })])
  })

  it('is noted once', () => {
    given([...asked, callFailed(), syncFailed()])
      .when(failCall())
      .thenNothing()
  })
})

describe('a sync that cannot begin', () => {
  const failSync = {
    type: 'FailSync',
    syncId: syncOf(1),
    code: 'provider_not_configured',
    detail: 'x',
    at: at(),
  } as const

  it('fails with its reason and is not tried again', () => {
    given(fetching)
      .when(failSync)
      .then([syncFailed({ code: 'provider_not_configured', detail: 'x' })])
  })

  it('stays quiet once its rows are on their way', () => {
    given(storing).when(failSync).thenNothing()
  })
})

describe('the watermark', () => {
  it('moves when the rows are in the lake, once', () => {
    given(storing)
      .when(recordStored())
      .then([syncStored()])
      .leaves({ providers: { sandbox: expect.objectContaining({ watermark: '2026-11-22' }) } })
    given(materialising).when(recordStored()).thenNothing()
  })

  it('never moves back', () => {
    const older = { from: '2026-10-01', to: '2026-10-15' }
    const second = [syncStarted({ syncId: syncOf(2) }), transactionsFetched({ syncId: syncOf(2) })]
    given([...completed, ...second])
      .when(recordStored({ syncId: syncOf(2), window: older }))
      .then([syncStored({ syncId: syncOf(2), window: older })])
      .leaves({ providers: { sandbox: expect.objectContaining({ watermark: '2026-11-22' }) } })
  })
})

describe('a sync whose rows are in every answer', () => {
  const complete = { type: 'CompleteSync', syncId: syncOf(1), completedAt: at() } as const

  it('is completed, or partial without balances, once', () => {
    given([...storing, balancesFetched(), syncStored()])
      .when(complete)
      .then([syncCompleted({ status: 'completed' })])
    given(materialising)
      .when(complete)
      .then([syncCompleted({ status: 'partial' })])
    given(completed).when(complete).thenNothing()
  })

  it('is not completed before it was noted as stored', () => {
    given(storing).when(complete).thenRefuses('conflict')
  })

  it('is none of ours where this feed never started it', () => {
    given([])
      .when({ ...complete, syncId: syncOf(7) })
      .thenNothing()
  })
})

describe('a bank that asks for the user’s word', () => {
  const fold = (events: FeedEvent[]) => feed.told(events.reduce(feed.evolve, feed.initial), 'sandbox').refused
  const refusal = callFailed({ code: 'access_expired', action: 'reauthorise', counted: true, bankNow: at(1) })

  it('is remembered with its connection, until rows come by it again', () => {
    expect(fold([...asked, refusal])).toEqual({ connectionId, at: at(1) })
    const again = [syncStarted({ syncId: syncOf(2) }), callIntended({ syncId: syncOf(2), callId: callOf(3) })]
    const rows = { syncId: syncOf(2), callId: callOf(3) }
    expect(fold([...asked, refusal, syncFailed(), ...again, transactionsFetched(rows)])).toBeNull()
    const another = transactionsFetched({ ...rows, connectionId: 'another' })
    expect(fold([...asked, refusal, syncFailed(), ...again, another])).toEqual({ connectionId, at: at(1) })
  })

  it('is none that does not answer, nor one that is told of twice', () => {
    expect(fold([...asked, callFailed()])).toBeNull()
    expect(fold([...asked, refusal, transactionsFetched(), refusal])).toBeNull()
  })
})

describe('two providers of one account', () => {
  const other = feedAccount({ connectionId: '018f0000-0000-7000-8000-00000000c002', provider: 'sandbox-eb' })
  const theirs = { syncId: syncOf(9), account: other, connectionId: other.connectionId }

  it('are read from their own days on: the second tells its whole history first', () => {
    given(completed)
      .when(startSync({ syncId: syncOf(9), account: other }))
      .then([syncStarted({ ...theirs, window: { from: '2024-11-23', to: '2026-11-22' } })])
  })

  it('ask at the same time', () => {
    given(fetching)
      .when(startSync({ syncId: syncOf(9), account: other, startedAt: at(1) }))
      .then([syncStarted({ ...theirs, startedAt: at(1), window: { from: '2024-11-23', to: '2026-11-22' } })])
  })

  it('spend their own calls', () => {
    const spent = [2, 3, 4, 5].flatMap((n) => earlierCall(n, -day + n))
    const own = { syncId: syncOf(9), callId: callOf(9) }
    given([...spent, syncStarted(theirs)])
      .when(intendCall(own))
      .then([callIntended({ ...own, connectionId: other.connectionId })])
  })

  it('fail on their own', () => {
    const failure = { syncId: syncOf(1), attempt: 0, retryAt: at(1) }
    const end = syncFailed({ syncId: syncOf(1), retryAt: at(1) })
    expect([...fetching, end, syncStarted(theirs)].reduce(feed.evolve, feed.initial).providers).toMatchObject({
      sandbox: { failure },
      'sandbox-eb': { failure: null, lastStartedAt: at() },
    })
  })
})

describe('the fold', () => {
  it('is the same when every event comes twice', () => {
    const story = [
      ...earlierCall(2, -60, { counted: true }),
      ...asked,
      transactionsFetched(),
      syncStored(),
      syncCompleted(),
    ]
    const twice = story.flatMap((event) => [event, event])
    const fold = (events: FeedEvent[]) => events.reduce(feed.evolve, feed.initial)
    expect(fold(twice)).toEqual(fold(story))
    expect([...story, ...story].reduce(feed.evolve, feed.initial)).toMatchObject({
      providers: { sandbox: { watermark: '2026-11-22' } },
      open: {},
    })
  })
})

describe('a window that the bank refuses', () => {
  const refused = { code: 'window_refused', action: 'narrow_window' }
  const window = (from: string) => ({ from, to: '2026-11-22' })
  const narrowedBy = (n: number, from: string): FeedEvent[] => [
    callIntended({ callId: callOf(n) }),
    callFailed({ callId: callOf(n), ...refused }),
    windowNarrowed({ callId: callOf(n), window: window(from) }),
  ]

  it('is narrowed in the same sync, by the day that the bank named', () => {
    given(asked)
      .when(failCall({ ...refused, earliest: '2025-11-22' }))
      .then([callFailed(refused), windowNarrowed({ window: window('2025-11-22') })])
  })

  it('is narrowed by steps where it named none; the answer is of the narrow one', () => {
    given(asked)
      .when(failCall(refused))
      .then([callFailed(refused), windowNarrowed({ window: window('2026-08-26') })])
    given([...fetching, ...narrowedBy(1, '2026-08-26'), callIntended({ callId: callOf(2) })])
      .when(completeFetch({ transactions: answerOf({ callId: callOf(2) }) }))
      .then([transactionsFetched({ callId: callOf(2), window: window('2026-08-26') })])
  })

  it('fails the sync where nothing is left to step down to, or the bank names another day each time', () => {
    const detail = 'The bank refuses every window of days that was asked for.'
    const failed = syncFailed({ code: 'window_refused', detail })
    given([...fetching, ...narrowedBy(1, '2026-10-24'), callIntended({ callId: callOf(2) })])
      .when(failCall({ callId: callOf(2), ...refused }))
      .then([callFailed({ callId: callOf(2), ...refused }), failed])
    const days = ['2025-01-01', '2025-01-02', '2025-01-03', '2025-01-04']
    const each = days.flatMap((from, n) => narrowedBy(n + 1, from))
    given([...fetching, ...each, callIntended({ callId: callOf(5) })])
      .when(failCall({ callId: callOf(5), ...refused, earliest: '2025-01-05' }))
      .then([callFailed({ callId: callOf(5), ...refused }), failed])
  })

  it('costs nothing of the quota', () => {
    given([...fetching, ...narrowedBy(1, '2026-08-26'), ...narrowedBy(2, '2026-09-24'), ...narrowedBy(3, '2026-10-24')])
      .when(intendCall({ callId: callOf(4) }))
      .then([callIntended({ callId: callOf(4) })])
  })
})

describe('an answer that the bank has not brought up to date', () => {
  it('for more than two days is told as stale, once for each such answer', () => {
    given(asked)
      .when(completeFetch({ updatedOn: '2026-11-19' }))
      .then([transactionsFetched(), answerFoundStale({ updatedOn: '2026-11-19' })])
  })

  it('for two days is not', () => {
    given(asked)
      .when(completeFetch({ updatedOn: '2026-11-20' }))
      .then([transactionsFetched()])
  })

  it('is forgotten with the next good answer', () => {
    const stale = [...storing, answerFoundStale({ updatedOn: '2026-11-19' })].reduce(feed.evolve, feed.initial)
    expect(feed.told(stale, 'sandbox').staleSince).toBe('2026-11-19')
    const fresh = feed.evolve(stale, transactionsFetched({ syncId: syncOf(2) }))
    expect(feed.told(fresh, 'sandbox').staleSince).toBeNull()
  })
})

describe('a window that begins after the last stored day', () => {
  const elsewhere = '018f0000-0000-7000-8000-00000000c002'
  /** A sync of the past whose rows are stored up to `to`. */
  const stored = (to: string, { n = 2, provider = 'sandbox', connection = connectionId } = {}): FeedEvent[] => {
    const ids = { syncId: syncOf(n), connectionId: connection }
    const account = feedAccount({ provider, connectionId: connection })
    const window = { from: '2026-01-01', to }
    return [
      syncStarted({ ...ids, account, window, startedAt: at(-90 * day), bankNow: at(-90 * day) }),
      callIntended({ ...ids, callId: callOf(n) }),
      transactionsFetched({ ...ids, callId: callOf(n), account, window }),
      syncStored({ ...ids, window }),
      syncCompleted(ids),
    ]
  }
  const short = (from: string, n = 1) => ({ syncId: syncOf(n), window: { from, to: '2026-11-22' } })
  const fetch = (from: string, n = 1): FeedEvent[] => [
    syncStarted(short(from, n)),
    callIntended({ syncId: syncOf(n), callId: callOf(n) }),
  ]
  const days = (from: string, to: string) => ({ from, to })

  it('tells of the days between, with the last stored one, once its answer is there', () => {
    given([...stored('2026-03-01'), ...fetch('2026-08-25')])
      .when(completeFetch())
      .then([transactionsFetched(short('2026-08-25')), daysMissed(days('2026-03-01', '2026-08-24'))])
  })

  it('tells of those that a refusal has left out too', () => {
    const refused = callFailed({ code: 'window_refused', action: 'narrow_window' })
    const narrower = windowNarrowed({ window: days('2026-10-24', '2026-11-22') })
    const again = callIntended({ callId: callOf(3) })
    given([...stored('2026-10-01'), ...fetch('2026-09-17'), refused, narrower, again])
      .when(completeFetch({ transactions: answerOf({ callId: callOf(3) }) }))
      .then([
        transactionsFetched({ ...short('2026-10-24'), callId: callOf(3) }),
        daysMissed({ ...days('2026-10-01', '2026-10-23'), callId: callOf(3) }),
      ])
  })

  it('tells nothing of an account’s first answer, nor where no day lies between', () => {
    given(fetch('2026-08-25'))
      .when(completeFetch())
      .then([transactionsFetched(short('2026-08-25'))])
    given([...stored('2026-08-25'), ...fetch('2026-08-25')])
      .when(completeFetch())
      .then([transactionsFetched(short('2026-08-25'))])
  })

  it('minds what another provider has told of the account, and goes on from there', () => {
    const other = { n: 3, provider: 'enable-banking', connection: elsewhere }
    given([...stored('2026-03-01'), ...stored('2026-11-20', other), ...fetch('2026-08-25')])
      .when(completeFetch())
      .then([transactionsFetched(short('2026-08-25'))])
    given([...stored('2026-03-01', other), ...fetch('2026-08-25')])
      .when(completeFetch())
      .then([transactionsFetched(short('2026-08-25')), daysMissed(days('2026-03-01', '2026-08-24'))])
  })

  it('tells the same days once, and none of an answer that waits to be stored', () => {
    const told = daysMissed({ syncId: syncOf(3), ...days('2026-03-01', '2026-08-24') })
    const waiting = [...fetch('2026-08-25', 3), transactionsFetched({ ...short('2026-08-25', 3), callId: callOf(3) })]
    given([...stored('2026-03-01'), ...waiting, told, ...fetch('2026-08-27')])
      .when(completeFetch())
      .then([transactionsFetched(short('2026-08-27'))])
  })

  it('is remembered with its connection, until the rows of these days are stored', () => {
    const missed = [...stored('2026-03-01'), ...fetch('2026-08-25'), daysMissed(days('2026-03-01', '2026-08-24'))]
    const state = missed.reduce(feed.evolve, feed.initial)
    expect(state.missed).toEqual([{ connectionId, ...days('2026-03-01', '2026-08-24') }])
    expect(feed.evolve(state, daysMissed(days('2026-03-01', '2026-08-24'))).missed).toEqual(state.missed)
    const part = feed.evolve(state, syncStored({ window: days('2026-05-01', '2026-11-22') }))
    expect(part.missed).toEqual([{ connectionId, ...days('2026-03-01', '2026-04-30') }])
    expect(feed.evolve(part, syncStored({ window: days('2026-01-01', '2026-11-22') })).missed).toEqual([])
  })
})

describe('an account that its bank has no more', () => {
  const stateAfter = (...events: FeedEvent[]) => events.reduce(feed.evolve, feed.initial)

  it.each(['close_account', 'not_found'])('is known by its refusal (%s), by each connection apart', (action) => {
    const closed = stateAfter(...asked, callFailed({ action }))
    expect(closed.closedAt).toEqual([callFailed().data.connectionId])
    expect(feed.evolve(closed, callFailed({ action })).closedAt).toHaveLength(1)
    const another = transactionsFetched({ connectionId: '018f0000-0000-7000-8000-00000000c002' })
    expect(feed.evolve(closed, another).closedAt).toHaveLength(1)
  })

  it('is there again once an answer came', () => {
    expect(stateAfter(...asked, callFailed({ action: 'close_account' }), transactionsFetched()).closedAt).toEqual([])
  })

  it('is not meant by a refusal of balances, or by a bank in trouble', () => {
    const balances = callFailed({ action: 'not_found', scope: 'balances' })
    expect(stateAfter(...asked, balances, callFailed()).closedAt).toEqual([])
  })
})
