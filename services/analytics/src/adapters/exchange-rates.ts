import { existsSync, readFileSync } from 'node:fs'

export class ExchangeRatesUnreadable extends Error {
  readonly code = 'exchange_rates_unreadable'

  constructor(path: string, found: string, expected: string) {
    super(`exchange_rates_unreadable: ${path}: found ${found}, expected ${expected}; correct the file and start again.`)
    this.name = 'ExchangeRatesUnreadable'
  }
}

const header = 'date,from_currency,to_currency,rate'
const line = /^\d{4}-\d{2}-\d{2},[A-Z]{3},[A-Z]{3},\d{1,9}(\.\d{1,9})?$/

/**
 * The installation's own file of dated rates, in the form of analytics/seeds/exchange_rates.csv, where there is one: 1 of
 * `from_currency` is `rate` of `to_currency`. Throws ExchangeRatesUnreadable rather than convert by half a file.
 */
export function ownExchangeRates(path: string): { path: string; text: string } | undefined {
  if (!existsSync(path)) return undefined
  const text = readFileSync(path, 'utf8')
  const [first = '', ...rows] = text.split(/\r?\n/)
  if (first.trim() !== header) throw new ExchangeRatesUnreadable(path, `line 1 "${first}"`, header)
  const wrong = rows.findIndex(
    (row, index) => !line.test(row.trim()) && !(row.trim() === '' && index === rows.length - 1),
  )
  if (wrong >= 0)
    throw new ExchangeRatesUnreadable(path, `line ${wrong + 2} "${rows[wrong]}"`, 'such as 2026-05-01,EUR,GBP,0.8542')
  return { path, text }
}
