-- grain: one row per month, category, account and currency with booked spending; refunds are taken off

with

transactions as (
    select *
    from "mart"."main"."fct_transactions"
    where (
        month >= list_min(getvariable('months'))
        and month < cast(list_max(getvariable('months')) + interval 1 month as date)
        and list_contains(getvariable('months'), cast(date_trunc('month', month) as date))
    )
),

categories as (select * from "mart"."seed"."categories"),

final as (
    select
        transactions.month,
        transactions.category,
        transactions.account_id,
        transactions.currency,
        cast(-sum(transactions.amount_minor) as bigint) as spent_minor,
        cast(count(*) as integer) as transaction_rows
    from transactions
    join categories on categories.category = transactions.category
    where
        transactions.status = 'booked'
        and categories.kind = 'spending'
    group by all
    order by all
)

select * from final
