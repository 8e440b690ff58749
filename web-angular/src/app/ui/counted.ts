import type { Account } from '../api/types.ts'
import { later, today } from './days.ts'

/** Invented money counts only while there is no real money. */
export function counted(accounts: readonly Account[]): readonly Account[] {
  const real = accounts.filter((account) => !account.demo)
  return real.length > 0 ? real : accounts
}

/** The currency most accounts have; charts show one at a time. */
export function currenciesOf(accounts: readonly Account[]): string[] {
  const counts = new Map<string, number>()
  for (const { currency } of counted(accounts)) counts.set(currency, (counts.get(currency) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([currency]) => currency)
}

/** Today, or the last row's day where a bank is ahead: the demo bank's calendar can be moved on. */
export function latestDay(accounts: readonly Account[]): string {
  return accounts.reduce((latest, account) => later(account.last_date ?? '', latest), today())
}
