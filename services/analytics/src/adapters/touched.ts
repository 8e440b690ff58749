import { parquet } from './duckdb.ts'

/**
 * What a refresh writes anew, said to the models as analytics/macros/touched.sql has it: one temporary table each of
 * transactions, amounts, accounts, days, months and merchants, and the span of days between which they lie. Each kind of
 * model needs sets of its own; those of the kind before are replaced. Days are wide enough for decisions in any order of
 * loading: whoever has a decision of a day in the span is written as it is now. All of it is SQL, for many statements to be
 * one way to the worker threads and back.
 */
type Touched = 'transaction_id' | 'magnitude' | 'account_id' | 'day' | 'month' | 'merchant'

/** How far a changed day reaches into what legs are paired with, and how far one looks to know it (touched.sql). */
const reach = { equal: 12, exchange: 18, read: 24 }
/** A row became known under a day at most so far away from its present one (int_booked_movements). */
const redated = 12

const inSpan = (day: string, around = 0) =>
  `(${day} >= getvariable('from_day') - ${around} and ${day} < getvariable('until_day') + ${around})`

export const isTouched = (kind: Touched, column: string = kind): string =>
  `${column} in (select ${kind} from temp.main.touched_${kind})`

/** Rows of a mart that each kind of refresh replaces. */
export const replaced = {
  amounts: `${isTouched('magnitude')} and date in (select day from temp.main.touched_reach where distance <= ${reach.equal})`,
  exchanges: `date in (select day from temp.main.touched_reach where distance <= ${reach.exchange})`,
  transactions: `${isTouched('transaction_id')} and ${inSpan('date')}`,
  days: `${isTouched('account_id')} and ${isTouched('day', 'date')}`,
  months: `${isTouched('account_id')} and ${isTouched('month')}`,
  merchants: `${isTouched('account_id')} and ${isTouched('merchant')}`,
} as const

const touch = (kind: Touched, values: string) =>
  `create or replace temp table touched_${kind} as select distinct ${kind} from (${values});`

const span = (of: string, days: string, around = 0) => `
  set variable from_day = (select min(day) - ${around} from (select ${days} as day from ${of}));
  set variable until_day = (select max(day) + 1 + ${around} from (select ${days} as day from ${of}));`

const decisionsOf = (where: string) => `
  select transaction_id, account_id, date, date as day, amount_minor, abs(amount_minor) as magnitude
  from mart.lake.decisions where ${where}`

/** Decisions by which a touched transaction left the days of the span (stg_decision_steps). */
const moves = `
  create or replace temp table touched_moves as
  select
    transaction_id, observation_id, account_id, decision_seq, kind, status, missing_upstream, date, amount_minor, currency
  from mart.lake.decisions
  where
    ${inSpan('prev_date', redated)} and not ${inSpan('date', redated)}
    and ${isTouched('transaction_id')};`

/** Takes up what is new. */
export const takeUp = (decisions: readonly string[]): string => `
  create or replace temp table fresh_decisions as
  select cast(transaction_id as uuid) as transaction_id, account_id, date, prev_date, currency from ${parquet(decisions)};
  create or replace temp table fresh_days as
  select distinct unnest([date, prev_date]) as day from fresh_decisions;
  create or replace temp table changed_legs (transaction_id uuid, date date);
  ${span('fresh_days', 'day')}`

/** Whether anything is new, and of how many accounts and currencies the marts then are. */
export const factsOfFresh = `
  select
    (select count(*) from fresh_decisions) as fresh,
    count(distinct account_id) as accounts,
    count(distinct currency) as currencies
  from (
    select account_id, currency from fresh_decisions
    union all
    select account_id, currency from mart.main.int_movements_daily
  )`

/** Legs of amounts that anything new has or had, as far around it as pairing looks. */
export const touchAmounts = `
  create or replace temp table touched_reach as
  select day + shift as day, min(abs(shift)) as distance
  from fresh_days
  cross join (select cast(unnest(range(-${reach.read}, ${reach.read + 1})) as integer) as shift)
  where day is not null
  group by all;
  ${touch(
    'magnitude',
    decisionsOf(`transaction_id in (select transaction_id from fresh_decisions) and ${inSpan('date')}`),
  )}
  ${touch(
    'transaction_id',
    `select transaction_id from (${decisionsOf(`${inSpan('date', reach.read)}
      and abs(amount_minor) in (select magnitude from touched_magnitude)
      and date in (select day from touched_reach)`)})
    -- an amount that goes one way alone, or that one account alone knows, is no transfer
    window same as (partition by magnitude)
    qualify
      min(amount_minor) over same < 0 and max(amount_minor) over same > 0
      and min(account_id) over same != max(account_id) over same`,
  )}
  ${span('touched_reach', 'day')}
  ${moves}`

/** All legs of the days around. `touchAmounts` has said which days. */
export const touchExchanges = `
  ${touch('transaction_id', decisionsOf(`${inSpan('date')} and date in (select day from touched_reach)`))}
  ${moves}`

/** Whose decisions are new, and whose transfer is another one. */
export const touchTransactions = `
  ${touch('transaction_id', 'select transaction_id from fresh_decisions union all select transaction_id from changed_legs')}
  create or replace temp table touched_dates as
  select day from fresh_days where day is not null union select date from changed_legs;
  ${span('touched_dates', 'day')}
  ${moves}`

const rowsOf = (change: 1 | -1) => `
  select account_id, date, month, currency, amount_minor, merchant, category, status, ${change} as change
  from mart.main.fct_transactions
  where ${replaced.transactions}`

/** Before and after the transactions are written anew: what of them is not what it was. */
export const noteRowsBefore = `create or replace temp table row_changes as ${rowsOf(-1)};`
export const noteRowsAfter = `insert into row_changes ${rowsOf(1)};`

/** Days of accounts on which anything new is or was. */
export const touchDays = `
  ${span('fresh_days', 'day', redated)}
  ${touch(
    'day',
    `${decisionsOf(`transaction_id in (select transaction_id from fresh_decisions) and ${inSpan('date')}`)}
    union all by name
    select day from fresh_days where day is not null`,
  )}
  ${touch('account_id', 'select account_id from fresh_decisions')}
  ${span('touched_day', 'day')}
  ${touch(
    'transaction_id',
    decisionsOf(`${isTouched('account_id')} and ${isTouched('day', 'date')} and ${inSpan('date')}`),
  )}
  ${moves}`

/** Months of accounts whose rows are not what they were, and the merchants whose payments are not. */
export const touchMonths = `
  create or replace temp table changes as
  select * exclude (change) from row_changes group by all having sum(change) != 0;
  ${touch('month', 'select month from changes')}
  ${touch('account_id', 'select account_id from changes')}
  ${touch(
    'merchant',
    `select merchant from row_changes
    where status = 'booked' and category != 'transfer' and merchant is not null
    group by merchant, account_id, currency, date, amount_minor
    having sum(change) != 0`,
  )}
  ${span('touched_month', 'unnest([month, last_day(month)])')}`

export const monthsAndMerchants = `
  select
    (select coalesce(list(strftime(month, '%Y-%m') order by month), []) from touched_month) as months,
    (select count(*) from touched_merchant) as merchants`
