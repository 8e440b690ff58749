-- grain: one row per account, currency and day with rows

with

transactions as (
    select *
    from "mart"."main"."fct_transactions"
    where
        account_id in (select account_id from temp.main.touched_account_id)
        and date in (select day from temp.main.touched_day)
        and (date >= getvariable('from_day') - 0 and date < getvariable('until_day') + 0)
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
