-- grain: one row per month, category, account and currency with booked spending; refunds are taken off

with

entries as (
    select *
    from "mart"."main"."fct_entries"
    where
        true
        and true
        and true
),

final as (
    select
        month,
        category,
        account_id,
        currency,
        cast(-sum(amount_minor) as bigint) as spent_minor,
        cast(count(*) as integer) as transaction_rows
    from entries
    where kind = 'spending'
    group by all
    order by all
)

select * from final
