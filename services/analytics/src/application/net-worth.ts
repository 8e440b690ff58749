import { type Rest, refuse } from '@pf/contracts'
import { moneyOf } from '../domain/money.ts'
import { asOf, neverBuilt } from './as-of.ts'
import { converted, unconvertedOf } from './conversion.ts'
import type { MartReads, QueryValue, Row } from './ports.ts'
import { checkDays } from './transactions.ts'

const sources = {
  day: { from: 'mart.main.fct_net_worth_daily', day: 'date', period: `strftime(date, '%Y-%m-%d')` },
  month: { from: 'mart.main.fct_net_worth_monthly', day: 'month', period: `strftime(month, '%Y-%m')` },
} as const

/** A month is converted by the rate of its last day, or the last one known: from the days. */
const lastDays = `(
  select * replace (cast(date_trunc('month', date) as date) as month)
  from (select *, cast(null as date) as month from mart.main.fct_net_worth_daily)
  qualify date = max(date) over (partition by date_trunc('month', date))
)`

/**
 * Assets and liabilities of the counted accounts at the end of each day or month, by currency. A month counts where its first
 * day lies in the window. Throws `invalid_input`, `payload_too_large`.
 */
export async function netWorth(
  registry: MartReads,
  spaceId: string,
  query: Rest.NetWorthQuery,
  maxRows: number,
): Promise<Rest.NetWorthAnswer> {
  checkDays({ date_from: query.date_from, date_to: query.date_to })
  const interval = query.interval ?? 'month'
  const { from, day, period } = sources[interval]
  const converts = query.convert_to !== undefined
  const relation = interval === 'month' && converts ? lastDays : from
  const shown = converted(relation, converts ? 'date' : day, ['assets_minor', 'liabilities_minor'], query.convert_to)
  const values: Record<string, QueryValue> = {
    ...shown.values,
    date_from: query.date_from ?? null,
    date_to: query.date_to ?? null,
    currency: query.currency ?? null,
  }
  const answer = await registry.read(spaceId, async (ask, remember): Promise<Rest.NetWorthAnswer> => {
    const compute = () =>
      ask(
        `select ${period} as period, currency, cast(sum(assets_minor) as bigint) as assets_minor,
          cast(sum(liabilities_minor) as bigint) as liabilities_minor
        from ${shown.from}
        where
          ($date_from is null or ${day} >= cast($date_from as date))
          and ($date_to is null or ${day} <= cast($date_to as date))
          and ($currency is null or currency = $currency)
        group by all
        order by period, currency
        limit ${maxRows + 1}`,
        values,
      )
    const rows = await remember(`net worth ${interval} ${JSON.stringify(values)}`, compute)
    if (rows.length > maxRows)
      throw refuse('payload_too_large', `The answer has over ${maxRows} rows; narrow the dates or ask by month.`)
    const unknown = await ask(withoutBalanceSql)
    return {
      items: rows.map(netWorthRowOf),
      ...unconvertedOf(
        rows.map((row) => ({ currency: String(row['currency']) })),
        query.convert_to,
      ),
      accounts_without_balance: unknown.map((row) => String(row['account_id'])),
      as_of: await asOf(ask),
    }
  })
  return (
    answer ?? { items: [], ...unconvertedOf([], query.convert_to), accounts_without_balance: [], as_of: neverBuilt }
  )
}

const withoutBalanceSql = `
  select account_id
  from mart.main.dim_accounts
  where counted and account_id not in (select account_id from mart.main.int_stated_balances)
  order by account_id`

function netWorthRowOf(row: Row): Rest.NetWorthRow {
  const currency = String(row['currency'])
  const [assets, liabilities] = ['assets_minor', 'liabilities_minor'].map((name) => BigInt(String(row[name]))) as [
    bigint,
    bigint,
  ]
  return {
    period: String(row['period']),
    currency,
    assets: moneyOf(assets, currency),
    liabilities: moneyOf(liabilities, currency),
    net: moneyOf(assets + liabilities, currency),
  }
}
