import type { BookedRow, Evidence, HeldRow, HistoryRow, OtherLeg, Unbooked } from '../domain/gap.ts'
import type { Query, QueryValue, Row } from './ports.ts'

/** A gap to be explained. `byDay`: of closing balances, whose rows are those of its days. */
export type Interval = {
  accountId: string
  currency: string
  byDay: boolean
  fromDate: string
  toDate: string
  fromFetchedAt: string
  toFetchedAt: string
  /** Until then rows of its days came late; `toFetchedAt` where none did. */
  lateFetchedAt: string
  differenceMinor: bigint
}

/** What the marts know around a gap; each question is bounded by days and rows. */
export async function evidenceOf(ask: Query, interval: Interval): Promise<Evidence> {
  const around = {
    account: interval.accountId,
    currency: interval.currency,
    from: interval.fromDate,
    to: interval.toDate,
  }
  const fetched = { from_fetched: interval.fromFetchedAt, to_fetched: interval.toFetchedAt }
  const difference = { difference: interval.differenceMinor }
  const rows = (
    await ask(rowsSql, { ...around, ...fetched, late_fetched: interval.lateFetchedAt, by_day: interval.byDay })
  ).map(bookedRowOf)
  const texts = [...new Set(rows.filter(({ inInterval }) => inInterval).map(({ text }) => textStem(text)))].slice(0, 50)
  const history = await ask(historySql(texts), { ...around, ...difference, ...textValues(texts) })
  const inInterval = new Set(rows.filter((row) => row.inInterval).map(({ id }) => id))
  const [usual] = await ask(usualSql, { ...around, ...difference })
  const least = usual?.['least']
  return {
    rows,
    history: history.map((row) => historyRowOf(row, inInterval)),
    legs: (await ask(legsSql, around)).map(legOf),
    held: (await ask(heldSql, { account: interval.accountId, currency: interval.currency, ...fetched })).map(heldOf),
    unbooked: (await ask(unbookedSql, { ...around, ...difference })).map(unbookedOf),
    usualLeastMinor: typeof least === 'bigint' ? least : null,
  }
}

const rowsSql = `
  with booked as (
    select transaction_id, date, amount_minor, description, missing_upstream
    from mart.main.fct_transactions
    where
      account_id = $account and currency = $currency and status = 'booked'
      and date between cast($from as date) - 62 and cast($to as date) + 14
  ),
  steps as (
    select decisions.transaction_id, decisions.status, decisions.amount_minor, observations.observed_at
    from mart.lake.decisions
    join mart.lake.observations using (observation_id)
    where
      decisions.transaction_id in (select transaction_id from booked)
      and decisions.date between cast($from as date) - 74 and cast($to as date) + 26
      and observations.date between cast($from as date) - 74 and cast($to as date) + 26
  ),
  known as (
    select
      transaction_id,
      min(observed_at) filter (where status = 'booked') as known_at,
      list(distinct amount_minor) filter (where status = 'pending') as pending_minor
    from steps
    group by transaction_id
  )
  select
    cast(transaction_id as varchar) as id, cast(date as varchar) as date, amount_minor, description, missing_upstream,
    pending_minor,
    case
      when $by_day then date > cast($from as date) and date <= cast($to as date)
      when known_at > cast($to_fetched as timestamptz)
        then known_at <= cast($late_fetched as timestamptz) and date <= cast($to as date)
      else known_at > cast($from_fetched as timestamptz)
    end as in_interval,
    known_at > cast($late_fetched as timestamptz) as is_later
  from booked
  join known using (transaction_id)
  order by date desc, transaction_id
  limit 2000`

/** Up to the first digit: what follows changes from month to month. Finer likeness is the domain's. */
const textStem = (text: string): string => text.toLowerCase().split(/\d/)[0] ?? ''

const textValues = (texts: readonly string[]): Record<string, QueryValue> =>
  Object.fromEntries(texts.map((text, index) => [`text${index}`, text]))

const historySql = (texts: readonly string[]): string => `
  select cast(transaction_id as varchar) as id, cast(date as varchar) as date, amount_minor, description
  from mart.main.fct_transactions
  where
    account_id = $account and currency = $currency and status = 'booked'
    and date between cast($from as date) - 400 and cast($to as date) + 10
    and (
      amount_minor = $difference
      ${texts.map((_, index) => `or starts_with(lower(description), $text${index})`).join(' ')}
    )
  order by date desc, transaction_id
  limit 2000`

const usualSql = `
  select cast(arg_min(amount_minor, abs(amount_minor)) as bigint) as least
  from mart.main.fct_transactions
  where
    account_id = $account and currency = $currency and status = 'booked'
    and date between cast($from as date) - 400 and cast($to as date)
    and sign(amount_minor) = sign(cast($difference as bigint))`

const legsSql = `
  select cast(date as varchar) as date, amount_minor
  from mart.main.fct_transactions
  where
    account_id != $account and currency = $currency and status = 'booked'
    and date between cast($from as date) - 3 and cast($to as date) + 3
  limit 2000`

const heldSql = `
  select
    cast(held_id as varchar) as id,
    arg_max(amount_minor, observed_at) as amount_minor,
    min(observed_at) > cast($from_fetched as timestamptz) and min(observed_at) <= cast($to_fetched as timestamptz)
      as in_interval
  from mart.lake.held
  where account_id = $account and coalesce(currency, $currency) = $currency
  group by held_id
  having arg_max(kind, observed_at) = 'held'
  limit 200`

const unbookedSql = `
  select
    cast(transaction_id as varchar) as id,
    arg_max(amount_minor, decision_seq) as amount_minor,
    arg_max(status, decision_seq) = 'gone' as ended
  from mart.lake.decisions
  where
    account_id = $account and currency = $currency
    and date between cast($from as date) - 14 and cast($to as date) + 3
  group by transaction_id
  having
    bool_or(status = 'pending')
    and not bool_or(status = 'booked')
    and arg_max(amount_minor, decision_seq) = $difference
  limit 20`

const bookedRowOf = (row: Row): BookedRow => ({
  id: String(row['id']),
  date: String(row['date']),
  amountMinor: BigInt(String(row['amount_minor'])),
  text: String(row['description']),
  inInterval: row['in_interval'] === true,
  isLater: row['is_later'] === true,
  missing: row['missing_upstream'] === true,
  pendingMinor: Array.isArray(row['pending_minor']) ? row['pending_minor'].map((minor) => BigInt(String(minor))) : [],
})

const historyRowOf = (row: Row, inInterval: ReadonlySet<string>): HistoryRow => ({
  id: String(row['id']),
  date: String(row['date']),
  amountMinor: BigInt(String(row['amount_minor'])),
  text: String(row['description']),
  inInterval: inInterval.has(String(row['id'])),
})

const legOf = (row: Row): OtherLeg => ({
  date: String(row['date']),
  amountMinor: BigInt(String(row['amount_minor'])),
})

const heldOf = (row: Row): HeldRow => ({
  id: String(row['id']),
  amountMinor: typeof row['amount_minor'] === 'bigint' ? row['amount_minor'] : null,
  inInterval: row['in_interval'] === true,
})

const unbookedOf = (row: Row): Unbooked => ({
  id: String(row['id']),
  amountMinor: BigInt(String(row['amount_minor'])),
  ended: row['ended'] === true,
})
