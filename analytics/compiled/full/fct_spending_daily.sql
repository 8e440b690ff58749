-- grain: one row per day, category, merchant, account and currency with booked spending; refunds are taken off
-- Computed when read, for any grouping; months by category and account stand ready in fct_spending_monthly.

with

entries as (select * from "mart"."main"."fct_entries"),

final as (
    select
        date,
        cast(date_trunc('week', date) as date) as week,
        month,
        category,
        merchant,
        account_id,
        currency,
        cast(-sum(amount_minor) as bigint) as spent_minor,
        cast(count(*) as integer) as transaction_rows
    from entries
    where kind = 'spending'
    group by all
)

select * from final
