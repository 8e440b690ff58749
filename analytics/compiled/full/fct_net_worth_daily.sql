-- grain: one row per day and currency: what the counted accounts held and owed at its end
-- From an account's first known day on; after its last one it keeps its balance. Accounts without a stated balance are not in
-- it: what they hold is not known. Nothing is converted here.

with

balances as (select * from "mart"."main"."fct_balances_daily"),

accounts as (select * from "mart"."main"."dim_accounts"),

anchors as (select * from "mart"."main"."int_balance_anchors"),

counted as (
    select
        anchors.account_id,
        anchors.last_date,
        max(anchors.last_date) over () as newest_date
    from anchors
    join accounts using (account_id)
    where accounts.counted
),

kept_days as (
    select
        account_id,
        last_date,
        cast(unnest(generate_series(last_date + 1, newest_date, interval 1 day)) as date) as date
    from counted
    where last_date < newest_date
),

positions as (
    select
        balances.date,
        balances.currency,
        balances.booked_minor
    from balances
    semi join counted using (account_id)
    union all
    select
        kept_days.date,
        balances.currency,
        balances.booked_minor
    from kept_days
    join balances
        on balances.account_id = kept_days.account_id
        and balances.date = kept_days.last_date
),

final as (
    select
        date,
        currency,
        cast(sum(greatest(booked_minor, 0)) as bigint) as assets_minor,
        cast(sum(least(booked_minor, 0)) as bigint) as liabilities_minor,
        cast(count(*) as integer) as accounts
    from positions
    group by all
)

select * from final
