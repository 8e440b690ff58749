-- grain: one row per month, category, account and currency with booked spending; refunds are taken off

with

entries as (
    select *
    from "mart"."main"."fct_entries"
    where
        account_id in (select account_id from temp.main.touched_account_id)
        and month in (select month from temp.main.touched_month)
        and (date >= getvariable('from_day') - 0 and date < getvariable('until_day') + 0)
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
