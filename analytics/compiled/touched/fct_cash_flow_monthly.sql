-- grain: one row per month, account and currency with booked entries that are no transfer between own accounts

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
        account_id,
        currency,
        cast(coalesce(sum(amount_minor) filter (where amount_minor > 0), 0) as bigint) as in_minor,
        cast(coalesce(sum(amount_minor) filter (where amount_minor < 0), 0) as bigint) as out_minor,
        cast(count(*) as integer) as transaction_rows
    from entries
    where kind != 'transfer'
    group by all
    order by all
)

select * from final
