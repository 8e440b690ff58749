import type { TransactionFilter } from '../api/types.ts'
import { rowsTexts, transactionsTexts } from '../texts/transactions.ts'
import { texts } from '../texts.ts'
import { categoryName } from '../ui/category.ts'
import { amountRangeOf, amountText } from './amount-range.ts'
import { daysText } from './parts/dates-chip.ts'

/** A filter in words: for a list that is empty, and for one that is saved. */
export function filterWords(filter: TransactionFilter, accountNames: ReadonlyMap<string, string>): string {
  const { q, account_id, category, direction, status, date_from, date_to, merchant, currency } = filter
  const amounts = amountRangeOf(filter)
  return [
    q && `“${q}”`,
    account_id && (accountNames.get(account_id) ?? texts.titles.account),
    category && categoryName(category),
    merchant,
    direction && rowsTexts.directions[direction],
    amounts && amountText(amounts, transactionsTexts.amounts),
    status && rowsTexts.statuses[status],
    currency,
    date_from || date_to ? daysText({ date_from, date_to }) : undefined,
  ]
    .filter(Boolean)
    .join(', ')
}
