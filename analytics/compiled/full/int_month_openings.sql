-- grain: one row per account and month from its first day to its last: the derived balance before and after the month
-- What a running balance begins from, so that none is stored per row; and what net worth by month adds up.

with

anchors as (select * from "mart"."main"."int_balance_anchors"),

movements as (select * from "mart"."main"."int_movements_daily"),

moved as (
    select
        account_id,
        currency,
        month,
        sum(booked_minor) as month_minor
    from movements
    group by all
),

-- all that was booked from the account's first day to the day of the statement
until_anchor as (
    select
        account_id,
        sum(movements.booked_minor) as until_anchor_minor
    from anchors
    join movements using (account_id, currency)
    where movements.date <= anchors.anchor_date
    group by account_id
),

months as (
    select
        account_id,
        currency,
        anchor_minor,
        cast(
            unnest(generate_series(date_trunc('month', first_date), cast(last_date as timestamp), interval 1 month)) as date
        ) as month
    from anchors
),

running as (
    select
        months.account_id,
        months.currency,
        months.month,
        months.anchor_minor - coalesce(until_anchor.until_anchor_minor, 0) as start_minor,
        coalesce(moved.month_minor, 0) as month_minor,
        sum(coalesce(moved.month_minor, 0)) over (
            partition by months.account_id order by months.month
        ) as moved_minor
    from months
    left join until_anchor using (account_id)
    left join moved using (account_id, currency, month)
),

final as (
    select
        account_id,
        currency,
        month,
        cast(start_minor + moved_minor - month_minor as bigint) as opening_minor,
        cast(start_minor + moved_minor as bigint) as closing_minor
    from running
)

select * from final
