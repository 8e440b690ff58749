import { Rest } from '@pf/contracts'
import { moneyOf } from '../domain/money.ts'
import { accountNotFound, knownAccount } from './accounts.ts'
import { asOf, neverBuilt } from './as-of.ts'
import { merchantName } from './merchant-name.ts'
import type { MartReads, Query, Remember, Row } from './ports.ts'

/**
 * Series of payments that come back, what is next first and what ended last; of demo accounts only where no real one is there
 * or the account is asked for. Throws `account_not_found`.
 */
export async function recurring(
  registry: MartReads,
  spaceId: string,
  query: Rest.RecurringQuery,
): Promise<Rest.RecurringAnswer> {
  const answer = await registry.read(spaceId, async (ask): Promise<Rest.RecurringAnswer> => {
    await knownAccount(ask, query.account_id)
    const rows = await ask(recurringSql, { account: query.account_id ?? null, status: query.status ?? null })
    return { items: rows.map(recurringOf), as_of: await asOf(ask) }
  })
  if (answer !== undefined) return answer
  if (query.account_id !== undefined) throw accountNotFound()
  return { items: [], as_of: neverBuilt }
}

const recurringSql = `
  select
    cast(recurring_id as varchar) as id, account_id, merchant, currency, interval, payments, amount_minor, least_minor,
    greatest_minor, cast(spread as double) as spread, cast(first_date as varchar) as first_date,
    cast(last_date as varchar) as last_date, cast(next_date as varchar) as next_date, status,
    cast(to_json(list_transform(
      price_changes,
      lambda step: [cast(step.date as varchar), cast(step.from_minor as varchar), cast(step.to_minor as varchar)]
    )) as varchar) as price_changes
  from mart.main.fct_recurring
  where
    case when $account is null then counted else account_id = $account end
    and ($status is null or status = $status)
  order by status = 'ended', next_date, merchant, id`

function recurringOf(row: Row): Rest.Recurring {
  const currency = String(row['currency'])
  const money = (minor: unknown) => moneyOf(BigInt(String(minor)), currency)
  const changes = JSON.parse(String(row['price_changes'])) as [date: string, from: string, to: string][]
  return {
    id: String(row['id']),
    account_id: String(row['account_id']),
    counterparty: merchantName(String(row['merchant'])),
    interval: Rest.recurringIntervals.find((interval) => interval === row['interval']) ?? 'monthly',
    amount: money(row['amount_minor']),
    amount_from: money(row['least_minor']),
    amount_to: money(row['greatest_minor']),
    variance: Number(row['spread']),
    count: Number(row['payments']),
    first_date: String(row['first_date']),
    last_date: String(row['last_date']),
    next_date: String(row['next_date']),
    status: Rest.recurringStatuses.find((status) => status === row['status']) ?? 'active',
    price_changes: changes.map(([date, from, to]) => ({ date, from: money(from), to: money(to) })),
  }
}

/** Which series a booked row is one of, by what it says; the series are asked for once until the marts change. */
export async function seriesOfRows(ask: Query, remember: Remember): Promise<(row: Row) => string | undefined> {
  const series = await remember('series', () =>
    ask(`
      select cast(recurring_id as varchar) as id, account_id, merchant, currency, is_in, only_amount_minor
      from mart.main.int_recurring_series`),
  )
  const byWords = new Map(
    series.map((one) => [wordsOf(one, one['is_in'], one['only_amount_minor']), String(one['id'])]),
  )
  return (row) => {
    if (row['status'] !== 'booked' || row['category'] === 'transfer' || row['merchant'] === null) return undefined
    const minor = BigInt(String(row['amount_minor']))
    return byWords.get(wordsOf(row, minor > 0n, null)) ?? byWords.get(wordsOf(row, minor > 0n, minor))
  }
}

const wordsOf = (row: Row, isIn: unknown, onlyAmount: unknown): string =>
  JSON.stringify([
    row['account_id'],
    row['merchant'],
    row['currency'],
    isIn,
    onlyAmount === null ? '' : String(onlyAmount),
  ])
