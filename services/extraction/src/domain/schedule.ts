import type { FeedAccount } from '@pf/contracts'
import { addDays, dayIn, instantAt } from './days.ts'

/** The account's night in which its daily sync falls: minutes past midnight of its zone, 01:00 to 05:00. */
export const nightMinutes = { from: 60, to: 300 } as const

export type ScheduledFeed = {
  spaceId: string
  account: FeedAccount
  /** When the consent ends. */
  readableUntil: string
  /** A sync of it was asked for and has not ended. */
  busy: boolean
  /** The bank's time when the newest sync started. */
  lastStartedAt: string | null
  /** Of the newest sync, where it failed. */
  failure: { syncId: string; attempt: number; retryAt: string | null } | null
  /** The bank's time. */
  now: string
}

/** `cause` names what triggered it, the same on every replica: ids are made from it. */
export type DueSync = {
  spaceId: string
  account: FeedAccount
  trigger: 'schedule' | 'retry'
  attempt: number
  cause: string
}

/** Spreads accounts over the night, the same way at every start (FNV-1a). */
export function minuteOf(accountId: string): number {
  let hash = 0x811c9dc5
  for (const character of accountId) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0
  return nightMinutes.from + (hash % (nightMinutes.to - nightMinutes.from))
}

/** The newest daily slot that is not after `now`. */
function slotBefore(account: FeedAccount, now: string): string {
  const today = dayIn(now, account.timeZone)
  const minutes = minuteOf(account.accountId)
  const slot = instantAt(today, minutes, account.timeZone)
  return slot <= now ? slot : instantAt(addDays(today, -1), minutes, account.timeZone)
}

function slotAfter(account: FeedAccount, now: string): string {
  const today = dayIn(now, account.timeZone)
  const minutes = minuteOf(account.accountId)
  const slot = instantAt(today, minutes, account.timeZone)
  return slot > now ? slot : instantAt(addDays(today, 1), minutes, account.timeZone)
}

/** Which syncs are due? Missed days are caught up by one sync; a retry that waits holds the daily one back. */
export function due(feeds: readonly ScheduledFeed[]): DueSync[] {
  return feeds.flatMap((feed): DueSync[] => {
    const { spaceId, account, failure, now } = feed
    // The first sync follows the link itself.
    if (feed.busy || feed.lastStartedAt === null || feed.readableUntil <= now) return []
    if (failure?.retryAt != null) {
      if (failure.retryAt > now) return []
      const attempt = failure.attempt + 1
      return [{ spaceId, account, trigger: 'retry', attempt, cause: `retry:${failure.syncId}` }]
    }
    const slot = slotBefore(account, now)
    if (feed.lastStartedAt >= slot) return []
    return [{ spaceId, account, trigger: 'schedule', attempt: 0, cause: `schedule:${account.accountId}:${slot}` }]
  })
}

/** When the next sync comes by itself (the bank's time), or null where none will. */
export function nextSyncAt({ account, failure, readableUntil, now }: ScheduledFeed): string | null {
  const next = failure?.retryAt ?? slotAfter(account, now)
  return next < readableUntil ? next : null
}
