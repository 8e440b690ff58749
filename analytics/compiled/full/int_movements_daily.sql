-- grain: one row per account, currency and day with rows

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
        account_id,
        currency,
        date,
        month,
        cast(coalesce(sum(amount_minor) filter (where status = 'booked'), 0) as bigint) as booked_minor,
        cast(count(*) filter (where status = 'booked') as integer) as booked_rows,
        cast(count(*) filter (where status = 'pending') as integer) as pending_rows
    from transactions
    group by all
    order by account_id, currency, date
)

select * from final
