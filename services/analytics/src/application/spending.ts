import { type Rest, refuse } from '@pf/contracts'
import { moneyOf } from '../domain/money.ts'
import { accountNotFound, knownAccount } from './accounts.ts'
import { asOf, neverBuilt } from './as-of.ts'
import { converted, unconvertedOf } from './conversion.ts'
import { merchantName } from './merchant-name.ts'
import type { MartReads, QueryValue, Row } from './ports.ts'
import { countedSql, entriesOf } from './transaction-filter.ts'
import { checkDays, flowOf } from './transactions.ts'

/** How a period is called; a week by its Monday. */
const periods = {
  day: `strftime(date, '%Y-%m-%d')`,
  week: `strftime(date_trunc('week', date), '%Y-%m-%d')`,
  month: `strftime(month, '%Y-%m')`,
} as const
type Period = keyof typeof periods
const isPeriod = (name: string): name is Period => Object.hasOwn(periods, name)

type Window = { date_from?: string; date_to?: string; account_id?: string; currency?: string }

/** Demo accounts leave totals when a real one is there, unless one account is asked for. */
function windowOf({ date_from, date_to, account_id, currency }: Window, day: 'date' | 'month') {
  checkDays({ date_from, date_to })
  const parts = [account_id === undefined ? countedSql : 'account_id = $account']
  const values: Record<string, QueryValue> = {}
  if (account_id !== undefined) values['account'] = account_id
  if (date_from !== undefined) {
    parts.push(`${day} >= cast($date_from as date)`)
    values['date_from'] = date_from
  }
  if (date_to !== undefined) {
    parts.push(`${day} <= cast($date_to as date)`)
    values['date_to'] = date_to
  }
  if (currency !== undefined) {
    parts.push('currency = $currency')
    values['currency'] = currency
  }
  return { sql: parts.join(' and '), values }
}

/** The monthly marts answer where the window is made of whole months. */
function wholeMonths({ date_from, date_to }: Window): boolean {
  const nextDay = (day: string) => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(8, 10)
  return (date_from === undefined || date_from.endsWith('-01')) && (date_to === undefined || nextDay(date_to) === '01')
}

/** Throws `invalid_input`, `account_not_found`, `payload_too_large`. */
export async function spending(
  registry: MartReads,
  spaceId: string,
  query: Rest.SpendingQuery,
  maxRows: number,
): Promise<Rest.SpendingAnswer> {
  checkDays({ date_from: query.date_from, date_to: query.date_to })
  const groups = [...new Set((query.group_by ?? 'month,category').split(','))]
  const period = groups.filter(isPeriod)
  if (period.length > 1)
    throw refuse('invalid_input', `/group_by has ${period.join(' and ')}; expected at most one of day, week, month.`)
  const monthly =
    query.convert_to === undefined &&
    wholeMonths(query) &&
    groups.every((group) => ['month', 'category', 'account'].includes(group))
  const names = groups.map((group) => (isPeriod(group) ? 'period' : group === 'account' ? 'account_id' : group))
  const columns = groups.map(
    (group, index) => `${isPeriod(group) ? periods[group] : columnOf(group)} as ${names[index]}`,
  )
  const order = [...names.filter((name) => name === 'period'), 'currency', 'amount_minor desc', ...names]
  const { sql, values } = windowOf(query, monthly ? 'month' : 'date')
  const entries = `(
    select * exclude (amount_minor), -amount_minor as spent_minor, 1 as transaction_rows
    from mart.main.fct_entries
    where ${entriesOf.spending} and ${sql}
  )`
  const shown = converted(entries, 'date', ['spent_minor'], query.convert_to)
  const from = monthly ? `mart.main.fct_spending_monthly where ${sql}` : shown.from
  const answer = await registry.read(spaceId, async (ask): Promise<Rest.SpendingAnswer> => {
    await knownAccount(ask, query.account_id)
    const rows = await ask(
      `select ${columns.join(', ')}, currency, cast(sum(spent_minor) as bigint) as amount_minor,
        cast(sum(transaction_rows) as integer) as row_count
      from ${from}
      group by all
      order by ${order.join(', ')}
      limit ${maxRows + 1}`,
      { ...values, ...shown.values },
    )
    const items = bounded(rows, maxRows).map(spendingRowOf)
    return { items, ...unconvertedOf(items, query.convert_to), as_of: await asOf(ask) }
  })
  if (answer !== undefined) return answer
  if (query.account_id !== undefined) throw accountNotFound()
  return { items: [], ...unconvertedOf([], query.convert_to), as_of: neverBuilt }
}

const columnOf = (group: string): string => (group === 'account' ? 'account_id' : group)

const nameOf = (merchant: unknown): string | null => (typeof merchant === 'string' ? merchantName(merchant) : null)

const spendingRowOf = (row: Row): Rest.SpendingRow => ({
  ...('period' in row && { period: String(row['period']) }),
  ...('category' in row && { category: String(row['category']) }),
  ...('merchant' in row && { merchant: nameOf(row['merchant']) }),
  ...('account_id' in row && { account_id: String(row['account_id']) }),
  currency: String(row['currency']),
  amount: moneyOf(BigInt(String(row['amount_minor'])), String(row['currency'])),
  count: Number(row['row_count']),
})

/** Throws `invalid_input`, `account_not_found`, `payload_too_large`. */
export async function cashFlow(
  registry: MartReads,
  spaceId: string,
  query: Rest.CashFlowQuery,
  maxRows: number,
): Promise<Rest.CashFlowAnswer> {
  checkDays({ date_from: query.date_from, date_to: query.date_to })
  const interval = query.interval ?? 'month'
  const monthly = query.convert_to === undefined && interval === 'month' && wholeMonths(query)
  const { sql, values } = windowOf(query, monthly ? 'month' : 'date')
  const entries = `(
    select *, greatest(amount_minor, 0) as in_minor, least(amount_minor, 0) as out_minor
    from mart.main.fct_entries
    where ${entriesOf.cash_flow} and ${sql}
  )`
  const shown = converted(entries, 'date', ['in_minor', 'out_minor'], query.convert_to)
  const from = monthly ? `mart.main.fct_cash_flow_monthly where ${sql}` : shown.from
  const answer = await registry.read(spaceId, async (ask): Promise<Rest.CashFlowAnswer> => {
    await knownAccount(ask, query.account_id)
    const rows = await ask(
      `select ${periods[interval]} as period, currency, cast(sum(in_minor) as bigint) as in_minor,
        cast(sum(out_minor) as bigint) as out_minor
      from ${from}
      group by all
      order by period, currency
      limit ${maxRows + 1}`,
      { ...values, ...shown.values },
    )
    const items = bounded(rows, maxRows).map(cashFlowRowOf)
    return { items, ...unconvertedOf(items, query.convert_to), as_of: await asOf(ask) }
  })
  if (answer !== undefined) return answer
  if (query.account_id !== undefined) throw accountNotFound()
  return { items: [], ...unconvertedOf([], query.convert_to), as_of: neverBuilt }
}

const cashFlowRowOf = (row: Row): Rest.CashFlowRow => ({
  period: String(row['period']),
  ...flowOf(String(row['currency']), BigInt(String(row['in_minor'])), BigInt(String(row['out_minor']))),
})

function bounded(rows: Row[], maxRows: number): Row[] {
  if (rows.length > maxRows)
    throw refuse('payload_too_large', `The answer has over ${maxRows} rows; narrow the dates or group by less.`)
  return rows
}
