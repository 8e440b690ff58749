import type { StatementAccount, StatementBalance } from './statement.ts'

/** Statements of the same account, such as one per day, as one: rows in their order, the first opening, the last closing. */
export function mergedAccounts(accounts: readonly StatementAccount[]): StatementAccount[] {
  const merged = new Map<string, StatementAccount>()
  for (const [i, account] of accounts.entries()) {
    const identifiers = Object.entries(account.identifiers).sort()
    // Of two without a number nobody knows that they are one.
    const key = JSON.stringify([identifiers.length === 0 ? i : identifiers, account.currency])
    const known = merged.get(key)
    merged.set(key, known === undefined ? account : joined(known, account))
  }
  return [...merged.values()].map((account) => ({ ...account, balances: outer(account.balances) }))
}

function joined(known: StatementAccount, more: StatementAccount): StatementAccount {
  const windows = [known.window, more.window].filter((window) => window !== undefined)
  const from = windows.map((window) => window.from).sort()[0]
  const to = windows
    .map((window) => window.to)
    .sort()
    .at(-1)
  return {
    ...more,
    ...known,
    rows: [...known.rows, ...more.rows],
    pending: [...known.pending, ...more.pending],
    balances: [...known.balances, ...more.balances],
    ...(from === undefined || to === undefined ? {} : { window: { from, to } }),
  }
}

function outer(balances: readonly StatementBalance[]): StatementBalance[] {
  const of = (type: StatementBalance['type']) =>
    balances.filter((balance) => balance.type === type).sort((a, b) => a.date.localeCompare(b.date))
  const [opening, closing] = [of('opening')[0], of('closing').at(-1)]
  return [opening, closing].filter((balance) => balance !== undefined)
}
