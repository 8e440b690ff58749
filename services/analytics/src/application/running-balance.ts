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
  const moved = await movedUpTo(ask, remember, booked)
  const balances = new Map(
    moved.flatMap((row): [string, ReturnType<typeof moneyOf>][] => {
      const opening = openings.get(`${row.account_id} ${row.month}`)
      if (opening === undefined || opening.currency !== row.currency) return []
      return [[row.id, moneyOf(opening.openingMinor + row.movedMinor, opening.currency)]]
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

type Moved = { id: string; account_id: string; month: string; currency: string; movedMinor: bigint }

/** Months whose days are kept: a page of the newest rows shows one or two, and is asked for again and again. */
const keptMonths = 2

/** From the month's first row to this one: whole days before its own, and its own up to it. */
async function movedUpTo(ask: Query, remember: Remember, booked: readonly Row[]): Promise<Moved[]> {
  const months = distinct(booked.map(({ day }) => monthOf(String(day))))
  const ofMonths = () => ask(...movementsOf(months))
  const movements = months.length > keptMonths ? await ofMonths() : await remember(`movements ${months}`, ofMonths)
  const daysOf = Map.groupBy(movements, (row) => keyOf(row))
  const upTo = await ask(...inTheirDays(booked))
  return upTo.map((row) => {
    const day = String(row['day'])
    const before = (daysOf.get(keyOf(row)) ?? [])
      .filter((one) => String(one['day']) < day)
      .reduce((sum, one) => sum + BigInt(String(one['booked_minor'])), 0n)
    return {
      ...{ id: String(row['id']), account_id: String(row['account_id']), currency: String(row['currency']) },
      month: monthOf(day),
      movedMinor: before + BigInt(String(row['day_minor'])),
    }
  })
}

type Asked = [sql: string, values: Record<string, string>]

function movementsOf(months: readonly string[]): Asked {
  const { list, values } = listed('month', months, 'date')
  const sql = `
    select account_id, currency, cast(date as varchar) as day, booked_minor
    from mart.main.int_movements_daily
    where month in (${list})`
  return [sql, values]
}

/** All booked rows of the days are added up in their order; those of the page are shown. */
function inTheirDays(booked: readonly Row[]): Asked {
  const accounts = listed('account', distinct(booked.map((row) => String(row['account_id']))), 'varchar')
  const days = listed('day', distinct(booked.map(({ day }) => String(day))), 'date')
  const sql = `
    select
      cast(transaction_id as varchar) as id, account_id, currency, cast(date as varchar) as day,
      sum(amount_minor) over (partition by account_id, currency, date order by transaction_id) as day_minor
    from mart.main.fct_transactions
    where status = 'booked' and account_id in (${accounts.list}) and date in (${days.list})
    qualify list_contains(cast($ids as uuid[]), transaction_id)`
  return [sql, { ...accounts.values, ...days.values, ids: `[${booked.map(({ id }) => id)}]` }]
}

const keyOf = (row: Row): string => `${row['account_id']} ${row['currency']} ${monthOf(String(row['day']))}`
const monthOf = (day: string): string => `${day.slice(0, 7)}-01`
const distinct = (texts: readonly string[]): string[] => [...new Set(texts)]

/** A comparison with these lets the scan skip what is none of them; with rows of a subquery it would be a join. */
function listed(name: string, texts: readonly string[], type: 'date' | 'varchar') {
  return {
    list: texts.map((_, n) => `cast($${name}${n} as ${type})`).join(),
    values: Object.fromEntries(texts.map((text, n) => [`${name}${n}`, text])),
  }
}
