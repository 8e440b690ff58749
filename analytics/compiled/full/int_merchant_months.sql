-- grain: one row per month, account, merchant, currency and direction with booked rows that are no transfer
-- How often a merchant is paid, so that who looks for what comes back need not read what is bought every other day.

with

transactions as (
    select *
    from "mart"."main"."fct_transactions"
    where
        true
        and true
        and true
),

final as (
    select
        month,
        account_id,
        merchant,
        currency,
        amount_minor > 0 as is_in,
        cast(count(*) as integer) as payments,
        min(date) as first_date,
        max(date) as last_date
    from transactions
    where
        status = 'booked'
        and merchant is not null
        and amount_minor != 0
        and category != 'transfer'
    group by all
    order by all
)

select * from final
