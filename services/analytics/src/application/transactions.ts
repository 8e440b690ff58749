import { Rest, refuse } from '@pf/contracts'
import { moneyOf } from '../domain/money.ts'
import { accountNotFound, knownAccount, textOrNull } from './accounts.ts'
import { asOf, neverBuilt } from './as-of.ts'
import { decodeCursor, encodeCursor } from './cursor.ts'
import type { MartReads, Query, QueryValue, Remember, Row } from './ports.ts'
import { seriesOfRows } from './recurring.ts'
import { runningBalances } from './running-balance.ts'
import { countedSql, type Where, whereOf } from './transaction-filter.ts'

type Filter = Rest.TransactionFilter
type Sort = '-date' | 'date'
/** `newest`: day of the newest row of the accounts asked for; null where they have none. `perDay`: how many they have on a day. */
type Span = { newest: string | null; perDay: number; allCounted: boolean }

const defaultLimit = 50
/** Days before the newest row among which a page is looked for, where those that hold a page of all rows did not fill it. */
const lookBackDays = [31, 366]
const dayMs = 86_400_000

/**
 * Rows by date, newest first unless `sort` is `date`. A cursor stands after a row by (date, id): new rows never make a
 * row come twice or not at all. Totals only on the first page. Throws `invalid_input`, `account_not_found`.
 */
export async function listTransactions(
  registry: MartReads,
  spaceId: string,
  filter: Filter,
): Promise<Rest.TransactionPage> {
  const sort = filter.sort ?? '-date'
  const after = filter.cursor === undefined ? undefined : decodeCursor(filter.cursor, sort)
  const limit = filter.limit ?? defaultLimit
  const answer = await registry.read(spaceId, async (ask, remember): Promise<Rest.TransactionPage> => {
    const span = await remember(`span ${filter.account_id ?? ''}`, () => spanOf(ask, filter.account_id))
    const where = await whereOf(ask, remember, filter)
    const floors = sort === '-date' ? floorsOf(span, limit, after?.date, filter) : []
    const rows = await pageRows(ask, where, sort, after, floors, limit + 1)
    const totals = () => totalsOf(ask, where, span.allCounted || filter.account_id !== undefined)
    const items = await itemsOf(ask, remember, rows.slice(0, limit))
    const last = items.at(-1)
    return {
      items,
      ...(rows.length > limit && last && { next_cursor: encodeCursor({ sort, date: last.date, id: last.id }) }),
      ...(after === undefined && { totals: await remember(`totals ${JSON.stringify(where)}`, totals) }),
      as_of: await asOf(ask),
    }
  })
  if (answer !== undefined) return answer
  if (filter.account_id !== undefined) throw accountNotFound()
  return { items: [], ...(after === undefined && { totals: { count: 0, by_currency: [] } }), as_of: neverBuilt }
}

/** Throws `account_not_found`. */
async function spanOf(ask: Query, accountId: string | undefined): Promise<Span> {
  const [row] = await ask(
    `select
      cast(max(last_date) as varchar) as newest, bool_and(counted) as all_counted, count(*) as accounts,
      max(last_date) - min(first_date) + 1 as day_count,
      (select count(*) from mart.main.fct_transactions where $account is null or account_id = $account) as row_count
    from mart.main.dim_accounts
    where $account is null or account_id = $account`,
    { account: accountId ?? null },
  )
  if (accountId !== undefined && Number(row?.['accounts']) === 0) throw accountNotFound()
  return {
    newest: textOrNull(row?.['newest']),
    perDay: Number(row?.['row_count'] ?? 0) / Number(row?.['day_count'] ?? 1),
    allCounted: row?.['all_counted'] === true,
  }
}

/** Days from which on to look, the latest first, where that is narrower than what is asked for. */
function floorsOf(
  { newest, perDay }: Span,
  limit: number,
  after: string | undefined,
  { date_from, date_to }: Filter,
): string[] {
  if (newest === null) return []
  const [start = newest] = [newest, after, date_to].filter((day) => day !== undefined).sort()
  const [least = 0] = lookBackDays
  // Twice as many days as the page takes, for days on which little happens; where that is a month anyway the month is enough.
  const near = Math.ceil((2 * limit) / perDay)
  const backDays = near < least / 2 ? [near, ...lookBackDays] : lookBackDays
  return backDays
    .map((days) => new Date(Date.parse(`${start}T00:00:00Z`) - days * dayMs).toISOString().slice(0, 10))
    .filter((floor) => date_from === undefined || floor > date_from)
}

/** What stands on or after a floor comes before all the rest, so a page that is full needs no look further back. */
async function pageRows(
  ask: Query,
  where: Where,
  sort: Sort,
  after: { date: string; id: string } | undefined,
  floors: readonly string[],
  limit: number,
): Promise<Row[]> {
  for (const floor of floors) {
    const sql = `${where.sql} and date >= cast($floor as date)`
    const rows = await ask(...pageOf({ sql, values: { ...where.values, floor } }, sort, after, limit))
    if (rows.length === limit) return rows
  }
  return ask(...pageOf(where, sort, after, limit))
}

function pageOf(
  where: Where,
  sort: Sort,
  after: { date: string; id: string } | undefined,
  limit: number,
): [string, Record<string, QueryValue>] {
  const [than, order] = sort === '-date' ? ['<', 'desc'] : ['>', 'asc']
  // The first comparison alone lets the scan skip what lies before.
  const beyond =
    after === undefined
      ? ''
      : `and date ${than}= cast($after_date as date)
        and (date ${than} cast($after_date as date) or transaction_id ${than} cast($after_id as uuid))`
  const sql = `
    select ${transactionColumns}
    from mart.main.fct_transactions
    where ${where.sql} ${beyond}
    order by date ${order}, transaction_id ${order}
    limit ${limit}`
  return [sql, after === undefined ? where.values : { ...where.values, after_date: after.date, after_id: after.id }]
}

/** What `transactionOf` reads, and what tells a row's series. */
export const transactionColumns = `
      cast(transaction_id as varchar) as id, account_id, cast(date as varchar) as day, cast(value_date as varchar) as value_date,
      amount_minor, currency, description, counterparty, merchant, category, status, cast(transfer_id as varchar) as transfer_id`

async function itemsOf(ask: Query, remember: Remember, rows: readonly Row[]): Promise<Rest.Transaction[]> {
  const balanceAfter = await runningBalances(ask, remember, rows)
  const seriesOf = await seriesOfRows(ask, remember)
  return rows.map((row) => {
    const item = transactionOf(row)
    const running_balance = balanceAfter(item.id)
    const recurring_id = seriesOf(row)
    return { ...item, ...(running_balance && { running_balance }), ...(recurring_id && { recurring_id }) }
  })
}

/** Rows by month, newest month first, so that a list can seek. Throws `invalid_input`, `account_not_found`. */
export async function transactionMonths(
  registry: MartReads,
  spaceId: string,
  filter: Rest.TransactionMonthsFilter,
): Promise<Rest.TransactionMonths> {
  const answer = await registry.read(spaceId, async (ask, remember): Promise<Rest.TransactionMonths> => {
    await knownAccount(ask, filter.account_id)
    const where = await whereOf(ask, remember, filter)
    const count = () =>
      ask(
        `select strftime(month, '%Y-%m') as month, count(*) as row_count
        from mart.main.fct_transactions
        where ${where.sql}
        group by all
        order by month desc`,
        where.values,
      )
    const rows = await remember(`months ${JSON.stringify(where)}`, count)
    const items = rows.map((row) => ({ month: String(row['month']), count: Number(row['row_count']) }))
    return { items, as_of: await asOf(ask) }
  })
  if (answer !== undefined) return answer
  if (filter.account_id !== undefined) throw accountNotFound()
  return { items: [], as_of: neverBuilt }
}

export const transactionOf = (row: Row): Rest.Transaction => ({
  id: String(row['id']),
  account_id: String(row['account_id']),
  date: String(row['day']),
  value_date: textOrNull(row['value_date']),
  amount: moneyOf(BigInt(String(row['amount_minor'])), String(row['currency'])),
  description: String(row['description']),
  counterparty: textOrNull(row['counterparty']),
  category: String(row['category']),
  status: row['status'] === 'pending' ? 'pending' : 'booked',
  ...(typeof row['transfer_id'] === 'string' && { transfer_id: row['transfer_id'] }),
})

/** `count`: all rows listed. Sums leave demo accounts out beside real ones, unless one account is asked for. */
async function totalsOf(ask: Query, where: Where, countsAll: boolean): Promise<Rest.Totals> {
  const rows = await ask(
    `select
      currency, ${countsAll ? 'true' : countedSql} as counted, count(*) as row_count,
      cast(coalesce(sum(amount_minor) filter (where amount_minor > 0), 0) as bigint) as in_minor,
      cast(coalesce(sum(amount_minor) filter (where amount_minor < 0), 0) as bigint) as out_minor
    from ${countedRows(where)}
    group by all
    order by currency`,
    where.values,
  )
  const by_currency = rows
    .filter((row) => row['counted'] === true)
    .map((row) => flowOf(String(row['currency']), BigInt(String(row['in_minor'])), BigInt(String(row['out_minor']))))
  return { count: rows.reduce((sum, row) => sum + Number(row['row_count']), 0), by_currency }
}

function countedRows({ sql, entries }: Where): string {
  const rows = `mart.main.fct_transactions where ${sql}`
  return entries === undefined
    ? rows
    : `mart.main.fct_entries where ${entries} and transaction_id in (select transaction_id from ${rows})`
}

/** `out` is negative, as every debit is: in + out = net. */
export const flowOf = (currency: string, inMinor: bigint, outMinor: bigint) => ({
  currency,
  in: moneyOf(inMinor, currency),
  out: moneyOf(outMinor, currency),
  net: moneyOf(inMinor + outMinor, currency),
})

/** A day that no calendar has passes the schema's pattern; DuckDB would answer it with an error of its own. */
export function checkDays(days: Readonly<Record<string, string | undefined>>): void {
  for (const [name, day] of Object.entries(days)) {
    if (day === undefined) continue
    const date = new Date(`${day}T00:00:00Z`)
    if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 10) !== day)
      throw refuse('invalid_input', `/${name} is no day of the calendar; expected YYYY-MM-DD.`)
  }
}
