import { accountId, at, connectionId, feedAccount, scheduledFeed, syncOf } from './builders.ts'
import { addDays, dayIn, instantAt } from './days.ts'
import { busyAccounts, due, minuteOf, nextSyncAt, nightMinutes, runsOf } from './schedule.ts'
import { narrowed, windowFor } from './window.ts'

const zone = 'Europe/London'
const slot = (day: string) => instantAt(day, minuteOf(connectionId), zone)
const before = (instant: string) => new Date(Date.parse(instant) - 1).toISOString()

describe('the daily sync', () => {
  it('falls in the night of the connection, the same minute every day', () => {
    const minutes = Array.from({ length: 200 }, (_, n) => minuteOf(`connection-${n}`))
    expect(Math.min(...minutes)).toBeGreaterThanOrEqual(nightMinutes.from)
    expect(Math.max(...minutes)).toBeLessThan(nightMinutes.to)
    expect(new Set(minutes).size).toBeGreaterThan(100)
    expect(minuteOf(connectionId)).toBe(minuteOf(connectionId))
  })

  it('is due from its minute on, and named by it', () => {
    const now = slot('2026-11-23')
    expect(due([scheduledFeed({ now: before(now) })])).toEqual([])
    expect(due([scheduledFeed({ now })])).toEqual([
      expect.objectContaining({
        trigger: 'schedule',
        attempt: 0,
        cause: `schedule:${connectionId}:${accountId}:${now}`,
      }),
    ])
  })

  it('is not due again once it started', () => {
    const now = slot('2026-11-23')
    expect(due([scheduledFeed({ now, lastStartedAt: now })])).toEqual([])
  })

  it('is caught up once after days without it', () => {
    const now = at(5 * 24 * 60)
    const syncs = due([scheduledFeed({ now })])
    expect(syncs.map((s) => s.cause)).toEqual([`schedule:${connectionId}:${accountId}:${slot('2026-11-27')}`])
    expect(due([scheduledFeed({ now, lastStartedAt: now })])).toEqual([])
  })

  it('is one run for all accounts of a connection, and one per connection', () => {
    const now = slot('2026-11-23')
    const of = (account: string, connection = connectionId) =>
      scheduledFeed({ now, account: feedAccount({ accountId: account, connectionId: connection }) })
    const later = '2026-11-23T12:00:00.000Z'
    const runs = runsOf(due([of('a'), of('b'), { ...of('c', 'another'), now: later }]))
    expect(runs.map((run) => run.map((sync) => sync.account.accountId))).toEqual([['a', 'b'], ['c']])
    expect(runs[0]?.map((sync) => sync.together)).toEqual(Array(2).fill(`schedule:${connectionId}:${now}`))
    expect(runs[0]?.map((sync) => sync.cause)).toEqual([
      `schedule:${connectionId}:a:${now}`,
      `schedule:${connectionId}:b:${now}`,
    ])
  })

  it('waits for the user where the bank does', () => {
    const now = slot('2026-11-23')
    expect(due([scheduledFeed({ now, refused: true })])).toEqual([])
    expect(nextSyncAt(scheduledFeed({ now, refused: true }))).toBeNull()
  })

  it('is not held back by a sync that was left lying', () => {
    const row = { accountId, requestedAt: at(), startedAt: null }
    expect(busyAccounts([row], at(14))).toEqual(new Set([accountId]))
    expect(busyAccounts([row], at(15))).toEqual(new Set())
    const started = { ...row, startedAt: at(10) }
    expect(busyAccounts([started], at(24))).toEqual(new Set([accountId]))
    expect(busyAccounts([started], at(25))).toEqual(new Set())
    expect(busyAccounts([started, { ...row, requestedAt: at(24) }], at(25))).toEqual(new Set([accountId]))
  })

  it('is not due for an account that its bank has no more', () => {
    const now = slot('2026-11-23')
    expect(due([scheduledFeed({ now, closed: true })])).toEqual([])
    expect(nextSyncAt(scheduledFeed({ now, closed: true }))).toBeNull()
  })

  it('is not due while a sync is under way, before the first one, or without a consent', () => {
    const now = slot('2026-11-23')
    expect(due([scheduledFeed({ now, busy: true })])).toEqual([])
    expect(due([scheduledFeed({ now, lastStartedAt: null })])).toEqual([])
    expect(due([scheduledFeed({ now, readableUntil: now })])).toEqual([])
  })
})

describe('a failed sync', () => {
  const failure = { syncId: syncOf(1), attempt: 2, retryAt: at(15) }

  it('comes again in a run of its own', () => {
    const feeds = ['a', 'b'].map((name, n) =>
      scheduledFeed({
        account: feedAccount({ accountId: name }),
        failure: { ...failure, syncId: syncOf(n) },
        now: at(15),
      }),
    )
    expect(runsOf(due(feeds)).map((run) => run.map(({ account }) => account.accountId))).toEqual([['a'], ['b']])
  })

  it('comes again when its time has come, as the next attempt', () => {
    expect(due([scheduledFeed({ failure, now: at(14) })])).toEqual([])
    expect(due([scheduledFeed({ failure, now: at(15) })])).toEqual([
      expect.objectContaining({ trigger: 'retry', attempt: 3, cause: `retry:${syncOf(1)}` }),
    ])
  })

  it('holds the daily one back until then', () => {
    const late = { ...failure, retryAt: at(2 * 24 * 60) }
    expect(due([scheduledFeed({ failure: late, now: at(24 * 60) })])).toEqual([])
  })

  it('that is not tried again leaves the daily one alone', () => {
    const now = slot('2026-11-23')
    expect(due([scheduledFeed({ failure: { ...failure, retryAt: null }, now })])).toHaveLength(1)
  })
})

describe('the next sync', () => {
  it('is tonight, at the retry, or none after the consent', () => {
    expect(nextSyncAt(scheduledFeed())).toBe(slot('2026-11-23'))
    expect(nextSyncAt(scheduledFeed({ failure: { syncId: syncOf(1), attempt: 0, retryAt: at(1) } }))).toBe(at(1))
    expect(nextSyncAt(scheduledFeed({ readableUntil: at(1) }))).toBeNull()
  })
})

describe('a calendar day', () => {
  it('is the one of the account, not of Greenwich', () => {
    expect(dayIn('2026-06-30T23:30:00.000Z', zone)).toBe('2026-07-01')
    expect(dayIn('2026-12-31T23:30:00.000Z', zone)).toBe('2026-12-31')
    expect(dayIn('2026-12-31T23:30:00.000Z', 'Europe/Berlin')).toBe('2027-01-01')
  })

  it('keeps its minutes over a change of the clocks', () => {
    expect(instantAt('2026-03-28', 180, 'Europe/Berlin')).toBe('2026-03-28T02:00:00.000Z')
    expect(instantAt('2026-03-29', 180, 'Europe/Berlin')).toBe('2026-03-29T01:00:00.000Z')
    expect(instantAt('2026-10-25', 240, 'Europe/Berlin')).toBe('2026-10-25T03:00:00.000Z')
    expect(addDays('2026-02-28', 1)).toBe('2026-03-01')
  })
})

describe('the window', () => {
  it('is the whole history first, then the watermark less fourteen days, never more than the consent allows', () => {
    expect(windowFor('2026-11-22', 90, null)).toEqual({ from: '2026-08-25', to: '2026-11-22' })
    expect(windowFor('2026-11-22', 90, '2026-11-21')).toEqual({ from: '2026-11-07', to: '2026-11-22' })
    expect(windowFor('2026-11-22', 90, '2026-01-01')).toEqual({ from: '2026-08-25', to: '2026-11-22' })
  })
})

describe('a window that a bank refused', () => {
  const to = '2026-11-22'

  it('begins at the day that the bank named', () => {
    expect(narrowed({ from: '2024-11-23', to }, '2025-11-22')).toEqual({ from: '2025-11-22', to })
  })

  it('becomes one of 89, 60 and 30 days, and then none', () => {
    const steps: (string | undefined)[] = []
    let window = narrowed({ from: '2024-11-23', to }, undefined)
    for (; window !== undefined; window = narrowed(window, undefined)) steps.push(window.from)
    expect(steps).toEqual(['2026-08-26', '2026-09-24', '2026-10-24'])
  })

  it('steps down, too, where the named day helps nobody', () => {
    for (const day of ['2024-11-23', '2020-01-01', '2026-11-23']) {
      expect(narrowed({ from: '2024-11-23', to }, day)?.from).toBe('2026-08-26')
    }
  })
})
