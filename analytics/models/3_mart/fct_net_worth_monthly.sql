-- grain: one row per month and currency: what the counted accounts held and owed on its last day, or the last one known
-- The same figures as fct_net_worth_daily has for that day, from month openings instead of all days (test
-- net_worth_by_month_is_its_last_day).
{{ config(materialized='view') }}
with

openings as (select * from {{ ref('int_month_openings') }}),

anchors as (select * from {{ ref('int_balance_anchors') }}),

statements as (select * from {{ ref('int_stated_balances') }}),

accounts as (select * from {{ ref('dim_accounts') }}),

counted as (
    select
        anchors.*,
        max(anchors.last_date) over () as newest_date
    from anchors
    join accounts using (account_id)
    where accounts.counted
),

months as (
    select
        account_id,
        currency,
        first_date,
        last_date,
        newest_date,
        cast(
            unnest(
                generate_series(date_trunc('month', first_date), cast(newest_date as timestamp), interval 1 month)
            ) as date
        ) as month
    from counted
),

-- the month's last day, or the account's own last day where that is earlier
ends as (
    select
        account_id,
        currency,
        month,
        least(last_day(month), last_date) as end_date,
        least(cast(date_trunc('month', last_date) as date), month) as opening_month
    from months
),

positions as (
    select
        ends.month,
        ends.currency,
        case when statements.is_closing then statements.amount_minor else openings.closing_minor end as booked_minor
    from ends
    join openings
        on openings.account_id = ends.account_id
        and openings.month = ends.opening_month
    left join statements
        on statements.account_id = ends.account_id
        and statements.currency = ends.currency
        and statements.date = ends.end_date
),

final as (
    select
        month,
        currency,
        cast(sum(greatest(booked_minor, 0)) as bigint) as assets_minor,
        cast(sum(least(booked_minor, 0)) as bigint) as liabilities_minor,
        cast(count(*) as integer) as accounts
    from positions
    group by all
)

select * from final
