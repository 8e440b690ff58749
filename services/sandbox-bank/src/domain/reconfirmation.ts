import { type Agreement, accessEnd } from './agreement.ts'
import { DAY_MS } from './days.ts'

/** A consent is to be confirmed every 90 days; its page works from 14 days before to 14 days after (gocardless.md §2.3). */
const CONFIRMED_MS = 90 * DAY_MS
const WINDOW_MS = 14 * DAY_MS

export type ConfirmationTimes = { dueMs: number; fromMs: number; toMs: number }

/** What a user has said of an account: the instants of the last word of each kind. */
export type AccountWord = { reconfirmed?: string | null; rejected?: string | null }

/**
 * When the next confirmation is due, counted from the last one or from the acceptance; null where none is: not agreed on,
 * not accepted yet, or the access ends before it.
 */
export function confirmationTimes(agreement: Agreement, words: readonly AccountWord[]): ConfirmationTimes | null {
  const endMs = accessEnd(agreement)
  if (!agreement.reconfirmation || agreement.accepted === null || endMs === null) return null
  const confirmed = words.flatMap(({ reconfirmed }) => (reconfirmed ? [Date.parse(reconfirmed)] : []))
  const dueMs = Math.max(Date.parse(agreement.accepted), ...confirmed) + CONFIRMED_MS
  return dueMs < endMs ? { dueMs, fromMs: dueMs - WINDOW_MS, toMs: dueMs + WINDOW_MS } : null
}

/** The instant (ms) at which the access ends for want of a confirmation or by its days; null where nobody has accepted. */
export function accessOverAt(agreement: Agreement, words: readonly AccountWord[]): number | null {
  const endMs = accessEnd(agreement)
  const missedMs = confirmationTimes(agreement, words)?.toMs
  return endMs === null || missedMs === undefined ? endMs : Math.min(endMs, missedMs)
}

/** Between the due day and the confirmation no data is given, and none of an account that the user would not confirm. */
export function awaitsConfirmation(
  agreement: Agreement,
  words: readonly AccountWord[],
  account: AccountWord,
  nowMs: number,
): boolean {
  if (account.rejected && agreement.accepted !== null) {
    const own = Date.parse(account.reconfirmed ?? agreement.accepted) + CONFIRMED_MS
    if (nowMs >= own) return true
  }
  const times = confirmationTimes(agreement, words)
  return times !== null && nowMs >= times.dueMs
}
