-- grain: one row per interval between two statements, day, moment and amount: the booked rows that fall into it
-- Closing balances hold the rows of their days; the others what was known as booked when they were read.

with

 __dbt__cte__src_accounts as (
-- grain: one row per description of an account
select
    account_id,
    connection_id,
    described_at,
    name,
    kind,
    currency,
    iban_masked,
    institution_id,
    institution_name,
    institution_logo,
    time_zone,
    demo
from "mart"."lake"."accounts"
),  __dbt__cte__stg_accounts as (
-- grain: one row per account: the bank's latest description of it
with

accounts as (select * from __dbt__cte__src_accounts),

final as (
    select
        account_id,
        connection_id,
        name,
        kind,
        currency,
        iban_masked,
        institution_id,
        institution_name,
        institution_logo,
        time_zone,
        demo,
        described_at
    from accounts
    qualify row_number() over (partition by account_id order by described_at desc, connection_id desc) = 1
)

select * from final
), intervals as (select * from "mart"."main"."int_balance_intervals"),

movements as (select * from "mart"."main"."int_booked_movements"),

accounts as (select * from __dbt__cte__stg_accounts),

first_fetches as (
    select
        account_id,
        currency,
        to_date as fetch_date,
        to_fetched_at as fetched_at
    from intervals
    where
        interval_no = 1
        and balance_kind != 'closing'
),

-- history begins with the rows of the first fetch: the days before were in its balance, whoever tells of them later. A first
-- fetch asks for 30 days at the least, so a row of those that comes later was booked later.
beginnings as (
    select
        first_fetches.account_id,
        first_fetches.currency,
        least(first_fetches.fetch_date - 30, min(movements.date)) as first_date
    from first_fetches
    left join movements on
        movements.account_id = first_fetches.account_id
        and movements.currency = first_fetches.currency
        and movements.known_at <= first_fetches.fetched_at
        and not movements.from_file
    group by first_fetches.account_id, first_fetches.currency, first_fetches.fetch_date
),

-- a file may tell of a row long after: it was booked by the end of its day
counted as (
    select
        movements.*,
        case
            when movements.from_file then least(
                movements.known_at,
                timezone(coalesce(accounts.time_zone, 'UTC'), cast(movements.date + 1 as timestamp))
            )
            else movements.known_at
        end as counted_at
    from movements
    join beginnings using (account_id, currency)
    left join accounts using (account_id)
    where movements.date >= beginnings.first_date
),

by_fetch as (
    select
        intervals.account_id,
        intervals.currency,
        intervals.balance_kind,
        intervals.interval_no,
        counted.date,
        counted.known_at,
        counted.amount_minor,
        counted.transaction_rows
    from counted
    asof join (select * from intervals where balance_kind != 'closing') as intervals on
        counted.account_id = intervals.account_id
        and counted.currency = intervals.currency
        and counted.counted_at <= intervals.to_fetched_at
),

by_day as (
    select
        intervals.account_id,
        intervals.currency,
        intervals.balance_kind,
        intervals.interval_no,
        movements.date,
        movements.known_at,
        movements.amount_minor,
        movements.transaction_rows
    from movements
    asof join (select * from intervals where balance_kind = 'closing') as intervals on
        movements.account_id = intervals.account_id
        and movements.currency = intervals.currency
        and movements.date <= intervals.to_date
),

placed as (
    select * from by_fetch
    union all
    select * from by_day
),

-- before the first statement nothing is compared
final as (select * from placed where interval_no > 1)

select * from final
