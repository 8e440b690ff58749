import type { FeedAccount } from '@pf/contracts'
import { addDays, dayIn, instantAt, later } from './days.ts'
import { abandonedAfterMs } from './feed.ts'

/** The night in which a connection's daily sync falls: minutes past midnight of its accounts' zone, 01:00 to 05:00. */
export const nightMinutes = { from: 60, to: 300 } as const

export type ScheduledFeed = {
  spaceId: string
  account: FeedAccount
  /** When the consent ends, or waits for the user's confirmation. */
  readableUntil: string
  /** The bank asked for the user's word, which has not been given since: no call by itself. */
  refused: boolean
  /** A sync of it was asked for and has not ended. */
  busy: boolean
  /** The bank's time when the newest sync started. */
  lastStartedAt: string | null
  /** Of the newest sync, where it failed. */
  failure: { syncId: string; attempt: number; retryAt: string | null } | null
  /** The bank said that it has this account no more: it is asked by the user alone, and by a new consent. */
  closed: boolean
  /** The bank's time. */
  now: string
}

/**
 * `cause` names what triggered it, the same on every replica: ids are made from it. Syncs of one run have `together` in
 * common; one that the run of that name does not hold, since it stood already, gets a run of its own cause.
 */
export type DueSync = {
  spaceId: string
  account: FeedAccount
  trigger: 'schedule' | 'retry'
  attempt: number
  cause: string
  together: string
}

/** Spreads connections over the night, the same way at every start (FNV-1a). */
export function minuteOf(connectionId: string): number {
  let hash = 0x811c9dc5
  for (const character of connectionId) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0
  return nightMinutes.from + (hash % (nightMinutes.to - nightMinutes.from))
}

/** The newest daily slot that is not after `now`. */
function slotBefore(account: FeedAccount, now: string): string {
  const today = dayIn(now, account.timeZone)
  const minutes = minuteOf(account.connectionId)
  const slot = instantAt(today, minutes, account.timeZone)
  return slot <= now ? slot : instantAt(addDays(today, -1), minutes, account.timeZone)
}

function slotAfter(account: FeedAccount, now: string): string {
  const today = dayIn(now, account.timeZone)
  const minutes = minuteOf(account.connectionId)
  const slot = instantAt(today, minutes, account.timeZone)
  return slot > now ? slot : instantAt(addDays(today, 1), minutes, account.timeZone)
}

/** Which syncs are due? Missed days are caught up by one sync; a retry that waits holds the daily one back. */
export function due(feeds: readonly ScheduledFeed[]): DueSync[] {
  return feeds.flatMap((feed): DueSync[] => {
    const { spaceId, account, failure, now } = feed
    // The first sync follows the link itself.
    if (feed.busy || feed.closed || feed.refused || feed.lastStartedAt === null || feed.readableUntil <= now) return []
    if (failure?.retryAt != null) {
      if (failure.retryAt > now) return []
      const attempt = failure.attempt + 1
      const cause = `retry:${failure.syncId}`
      return [{ spaceId, account, trigger: 'retry', attempt, cause, together: cause }]
    }
    const slot = slotBefore(account, now)
    if (feed.lastStartedAt >= slot) return []
    const cause = `schedule:${account.connectionId}:${account.accountId}:${slot}`
    return [
      {
        spaceId,
        account,
        trigger: 'schedule',
        attempt: 0,
        cause,
        together: `schedule:${account.connectionId}:${slot}`,
      },
    ]
  })
}

/** The due syncs by the run that they come in: all accounts of a connection that have the same slot are one. */
export function runsOf(syncs: readonly DueSync[]): [DueSync, ...DueSync[]][] {
  const runs = new Map<string, [DueSync, ...DueSync[]]>()
  for (const sync of syncs) {
    const name = JSON.stringify([sync.spaceId, sync.together])
    const run = runs.get(name)
    if (run === undefined) runs.set(name, [sync])
    else run.push(sync)
  }
  return [...runs.values()]
}

/** When a sync that has not ended was asked for, and started (wall time). */
export type OpenRow = { accountId: string; requestedAt: string; startedAt: string | null }

/** Which accounts have a sync under way? One that was left lying is none: the next one takes its place. */
export function busyAccounts(open: readonly OpenRow[], wallNow: string): Set<string> {
  const young = open.filter(({ requestedAt, startedAt }) => wallNow < later(startedAt ?? requestedAt, abandonedAfterMs))
  return new Set(young.map(({ accountId }) => accountId))
}

/** When the next sync comes by itself (the bank's time), or null where none will. */
export function nextSyncAt({ account, failure, readableUntil, closed, refused, now }: ScheduledFeed): string | null {
  if (closed || refused) return null
  const next = failure?.retryAt ?? slotAfter(account, now)
  return next < readableUntil ? next : null
}
