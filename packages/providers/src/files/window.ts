import { isDay } from './date-format.ts'
import type { StatementAccount, StatementWindow } from './statement.ts'

/**
 * The account with the days that it covers: those that the file states, widened to its own rows; else from the first row's
 * day to the last one's.
 */
export function withWindow(account: StatementAccount, stated?: StatementWindow): StatementAccount {
  let from = stated?.from
  let to = stated?.to
  for (const { row } of account.rows) {
    const day = row['bookingDate']
    if (typeof day !== 'string' || !isDay(day)) continue
    if (from === undefined || day < from) from = day
    if (to === undefined || day > to) to = day
  }
  return from === undefined || to === undefined || from > to ? account : { ...account, window: { from, to } }
}
