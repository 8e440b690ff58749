import { moneyOf } from '../domain/money.ts'
import type { Query, Remember, Row } from './ports.ts'

type Opening = { currency: string; openingMinor: bigint }

/**
 * The account's booked balance after each booked row, in the order of the list (day, then id), from the opening of the row's
 * month: nothing is stored per row, and only the days that a page shows are added up. Rows of accounts without a stated balance,
 * and in another currency than it, have none.
 */
export async function runningBalances(
  ask: Query,
  remember: Remember,
  rows: readonly Row[],
): Promise<(id: string) => ReturnType<typeof moneyOf> | undefined> {
  const booked = rows.filter((row) => row['status'] === 'booked')
  if (booked.length === 0) return () => undefined
  const openings = await remember('month openings', () => monthOpenings(ask))
  const days = booked.map((row) => ({ account_id: row['account_id'], date: row['day'] }))
  const moved = await ask(movedSql, { days: JSON.stringify(days) })
  const balances = new Map(
    moved.flatMap((row): [string, ReturnType<typeof moneyOf>][] => {
      const opening = openings.get(`${row['account_id']} ${row['month']}`)
      if (opening === undefined || opening.currency !== row['currency']) return []
      const minor = opening.openingMinor + BigInt(String(row['moved_minor']))
      return [[String(row['id']), moneyOf(minor, opening.currency)]]
    }),
  )
  return (id) => balances.get(id)
}

async function monthOpenings(ask: Query): Promise<Map<string, Opening>> {
  const rows = await ask(
    'select account_id, currency, cast(month as varchar) as month, opening_minor from mart.main.int_month_openings',
  )
  return new Map(
    rows.map((row) => [
      `${row['account_id']} ${row['month']}`,
      { currency: String(row['currency']), openingMinor: BigInt(String(row['opening_minor'])) },
    ]),
  )
}

/** From the month's first row to this one: whole days before its own, and its own up to it. */
const movedSql = `
  with

  days as (
    select distinct account_id, date
    from (select unnest(from_json($days, '[{"account_id": "VARCHAR", "date": "DATE"}]'), recursive := true))
  ),

  before as (
    select days.account_id, days.date, movements.currency, sum(movements.booked_minor) as before_minor
    from days
    join mart.main.int_movements_daily as movements
      on movements.account_id = days.account_id
      and movements.month = date_trunc('month', days.date)
      and movements.date < days.date
    group by all
  ),

  of_the_day as (
    select
      transaction_id, account_id, date, month, currency,
      sum(amount_minor) over (partition by account_id, currency, date order by transaction_id) as day_minor
    from mart.main.fct_transactions
    semi join days using (account_id, date)
    where
      status = 'booked'
      and date >= (select min(date) from days)
      and date <= (select max(date) from days)
  )

  select
    cast(transaction_id as varchar) as id, account_id, currency, cast(month as varchar) as month,
    cast(day_minor + coalesce(before_minor, 0) as bigint) as moved_minor
  from of_the_day
  left join before using (account_id, date, currency)`
