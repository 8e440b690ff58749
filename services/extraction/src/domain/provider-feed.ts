import type { Quota, Scope } from '@pf/contracts'
import { dayMs } from './days.ts'
import { type Call, defaultDailyLimit, type Told } from './quota.ts'

/**
 * What one provider told of an account, and what asking it cost. Two that tell of the same account share none of this: each
 * has its own days, its own limit and its own troubles.
 */
export type ProviderFeed = {
  /** Last day whose rows are in the lake. */
  watermark: string | null
  calls: Call[]
  told: Partial<Record<Scope, Told>>
  /** The bank's time when the newest sync started. */
  lastStartedAt: string | null
  /** The day on which the bank brought its data up to date, where the newest answer was found stale. */
  staleSince: string | null
  /** Of the newest sync, where it failed. */
  failure: { syncId: string; attempt: number; retryAt: string | null } | null
  /** The bank asked for the user's word through this connection (the bank's time), and has given no rows by it since. */
  refused: { connectionId: string; at: string } | null
  /** When the bank last reported trouble with the account itself (its time): it is asked again a day later. */
  pausedAt: string | null
  /** By scope, when the bank last said that it does not give this out (its time). */
  withheldAt: Partial<Record<Scope, string>>
}

export const neverAsked: ProviderFeed = {
  watermark: null,
  calls: [],
  told: {},
  lastStartedAt: null,
  staleSince: null,
  failure: null,
  refused: null,
  pausedAt: null,
  withheldAt: {},
}

export function withCall(feed: ProviderFeed, call: Omit<Call, 'outcome' | 'counted'>): ProviderFeed {
  if (feed.calls.some((known) => known.callId === call.callId)) return feed
  const kept = feed.calls.filter((known) => Math.abs(Date.parse(call.at) - Date.parse(known.at)) < 2 * dayMs)
  return { ...feed, calls: [...kept, { ...call, outcome: 'open', counted: false }] }
}

export function withAnswer(
  feed: ProviderFeed,
  scope: Scope,
  data: { callId: string; bankNow: string; quota?: Quota },
): ProviderFeed {
  const told = data.quota === undefined ? feed.told : { ...feed.told, [scope]: { ...data.quota, at: data.bankNow } }
  const { [scope]: _, ...withheldAt } = feed.withheldAt
  return { ...feed, told, withheldAt, calls: settled(feed.calls, data.callId, { outcome: 'spent' }) }
}

/** A bank that allows no more until a time has told us its quota: nobody, not even the user, asks before. */
export function withFailedCall(
  feed: ProviderFeed,
  call: {
    callId: string
    scope: Scope
    spent: 'yes' | 'no' | 'unknown'
    counted: boolean
    bankNow: string
    resetsAt?: string
  },
): ProviderFeed {
  const { callId, scope, spent, counted, bankNow: at, resetsAt } = call
  const outcome = ({ yes: 'spent', no: 'unspent', unknown: 'unknown' } as const)[spent]
  const calls = settled(feed.calls, callId, { outcome, counted })
  if (resetsAt === undefined) return { ...feed, calls }
  const limit = feed.told[scope]?.limit ?? defaultDailyLimit
  return { ...feed, calls, told: { ...feed.told, [scope]: { limit, remaining: 0, resetsAt, at } } }
}

export function withRowsUntil(feed: ProviderFeed, day: string): ProviderFeed {
  return feed.watermark === null || feed.watermark < day ? { ...feed, watermark: day } : feed
}

const settled = (calls: Call[], callId: string, outcome: Partial<Call>): Call[] =>
  calls.map((call) => (call.callId === callId ? { ...call, ...outcome } : call))
