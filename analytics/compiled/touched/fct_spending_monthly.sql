-- grain: one row per month, category, account and currency with booked spending; refunds are taken off

with

entries as (
    select *
    from "mart"."main"."fct_entries"
    where (
        month >= list_min(getvariable('months'))
        and month < cast(list_max(getvariable('months')) + interval 1 month as date)
        and (
            len(getvariable('months'))
            = date_diff('month', list_min(getvariable('months')), list_max(getvariable('months'))) + 1
            or list_contains(getvariable('months'), cast(date_trunc('month', month) as date))
        )
    )
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
