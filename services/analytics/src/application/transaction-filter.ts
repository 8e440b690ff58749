import type { Rest } from '@pf/contracts'
import { currenciesByPlaces, minorOf } from '../domain/money.ts'
import type { Query, QueryValue, Remember } from './ports.ts'

/** `entries`: which entries of the rows count, where a figure is asked for; a payment may be split into several. */
export type Where = { sql: string; values: Record<string, QueryValue>; entries?: string }

/** What each figure adds up: entries of booked rows. */
export const entriesOf = { spending: `kind = 'spending'`, cash_flow: `kind != 'transfer'` } as const

export const countedSql = 'account_id in (select account_id from mart.main.dim_accounts where counted)'

/** Which rows of `fct_transactions` a filter leaves. */
export async function whereOf(ask: Query, remember: Remember, filter: Rest.TransactionMonthsFilter): Promise<Where> {
  const parts: string[] = []
  const values: Record<string, QueryValue> = {}
  const add = (name: string, value: string | undefined, sql: string) => {
    if (value === undefined) return
    parts.push(sql)
    values[name] = value
  }
  add('date_from', filter.date_from, 'date >= cast($date_from as date)')
  add('date_to', filter.date_to, 'date <= cast($date_to as date)')
  add('account', filter.account_id, 'account_id = $account')
  add('status', filter.status, 'status = $status')
  const amounts =
    filter.min_amount === undefined && filter.max_amount === undefined ? [] : await amountsOf(ask, remember)
  for (const [name, value] of Object.entries({ min_amount: filter.min_amount, max_amount: filter.max_amount }))
    if (value !== undefined) parts.push(amountSql(name as keyof typeof compared, value, amounts, values))
  const words = filter.q?.trim().toLowerCase()
  add('q', words === '' ? undefined : words, 'contains(search_text, $q)')
  if (filter.direction !== undefined) parts.push(filter.direction === 'in' ? 'amount_minor > 0' : 'amount_minor < 0')
  add('currency', filter.currency, 'currency = $currency')
  add('merchant', filter.merchant?.toLowerCase(), `coalesce(merchant, '') = $merchant`)
  const ofCategory = filter.category === undefined ? 'true' : 'category = $category'
  if (filter.category !== undefined) values['category'] = filter.category
  if (filter.figure === undefined) return { sql: [...parts, ofCategory].join(' and '), values }
  const entries = `${entriesOf[filter.figure]} and ${ofCategory}`
  parts.push(`transaction_id in (select transaction_id from mart.main.fct_entries where ${entries})`)
  // As in every total: the demo's rows are not among them beside real ones.
  if (filter.account_id === undefined) parts.push(countedSql)
  return { sql: parts.join(' and '), values, entries }
}

type Amounts = ReturnType<typeof currenciesByPlaces>

const amountsOf = (ask: Query, remember: Remember): Promise<Amounts> =>
  remember('currencies', async () => {
    const rows = await ask('select distinct currency from mart.main.fct_transactions order by 1')
    return currenciesByPlaces(rows.map((row) => String(row['currency'])))
  })

const compared = {
  min_amount: { operator: '>=', rounded: 'up' },
  max_amount: { operator: '<=', rounded: 'down' },
} as const

/**
 * Minor units are compared, which a scan reads ten times as fast as decimals of 128 bits: with one number where the space's
 * currencies have as many decimals, as nearly all do, else with each row's own.
 */
function amountSql(
  name: keyof typeof compared,
  amount: string,
  amounts: Amounts,
  values: Record<string, QueryValue>,
): string {
  const { operator, rounded } = compared[name]
  const bounds = amounts.map(([places, currencies]) => {
    values[`${name}_${places}`] = String(minorOf(amount, places, rounded))
    return { bound: `cast($${name}_${places} as bigint)`, currencies }
  })
  const [only, other] = bounds
  if (only === undefined) return 'false'
  if (other === undefined) return `amount_minor ${operator} ${only.bound}`
  const cases = bounds.map(
    ({ bound, currencies }) => `when currency in (${currencies.map((code) => `'${code}'`)}) then ${bound}`,
  )
  return `amount_minor ${operator} case ${cases.join(' ')} end`
}
