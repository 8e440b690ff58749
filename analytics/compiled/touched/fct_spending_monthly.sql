-- grain: one row per month, category, account and currency with booked spending; refunds are taken off

with

entries as (
    select *
    from "mart"."main"."fct_entries"
    where (
        month >= getvariable('from_day')
        and month < getvariable('until_day')
        and (
            getvariable('without_gap')
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
