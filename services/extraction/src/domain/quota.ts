import type { Quota, Scope } from '@pf/contracts'
import { dayMs, later } from './days.ts'

/** Successful calls a bank allows per account and scope in rolling 24 h, unless it says otherwise (gocardless.md §6). */
export const defaultDailyLimit = 4
/** Failures that a bank counts towards suspending the account which we risk in rolling 24 h (it suspends at ten in a row). */
export const countedFailuresPerDay = 2

/** One call to the bank. `at`: the bank's time when it was intended. Without a known outcome it counts as spent. */
export type Call = {
  callId: string
  syncId: string
  scope: Scope
  at: string
  outcome: 'open' | 'spent' | 'unspent' | 'unknown'
  counted: boolean
}

/** What the bank said of its own count, and when (its time). */
export type Told = Quota & { at: string }

/** `resetsAt`: when `remaining` rises next; null where nothing is spent. */
export type Budget = { limit: number; remaining: number; resetsAt: string | null }

/** A bank's clock can be set back (the demo's): what lies a day ahead of it says nothing any more. */
const recent = (at: string, now: string): boolean => Math.abs(Date.parse(now) - Date.parse(at)) < dayMs

/** The smaller of what our own calls leave and what the bank says is left. */
export function budget(calls: readonly Call[], told: Told | undefined, scope: Scope, now: string): Budget {
  const spent = calls.filter((c) => c.scope === scope && c.outcome !== 'unspent' && recent(c.at, now)).map((c) => c.at)
  const word = told !== undefined && recent(told.at, now) ? told : undefined
  const limit = word?.limit ?? defaultDailyLimit
  const own = Math.max(0, limit - spent.length)
  const leavesNext = spent.toSorted()[Math.max(0, spent.length - limit)]
  const ownReset = leavesNext === undefined ? null : later(leavesNext, dayMs)
  if (word === undefined || word.resetsAt <= now) return { limit, remaining: own, resetsAt: ownReset }
  if (word.remaining === 0) {
    const resetsAt = own === 0 && ownReset !== null && ownReset > word.resetsAt ? ownReset : word.resetsAt
    return { limit, remaining: 0, resetsAt }
  }
  const theirs = Math.max(0, word.remaining - spent.filter((at) => at > word.at).length)
  return { limit, remaining: Math.min(own, theirs), resetsAt: ownReset ?? word.resetsAt }
}

/**
 * When the bank may be asked again after failures it counts towards a suspension; undefined: now. It suspends the account,
 * so that failures of any scope count.
 */
export function restUntil(calls: readonly Call[], now: string): string | undefined {
  const counted = calls.filter((c) => c.counted && recent(c.at, now)).map((c) => c.at)
  if (counted.length < countedFailuresPerDay) return undefined
  return later(counted.toSorted()[counted.length - countedFailuresPerDay] ?? now, dayMs)
}

/** When an account may be asked again whose bank reported it in trouble at `pausedAt`, a day before; undefined: now. */
export function pauseUntil(pausedAt: string | null, now: string): string | undefined {
  return pausedAt !== null && recent(pausedAt, now) ? later(pausedAt, dayMs) : undefined
}
