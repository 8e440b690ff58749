-- grain: one row per account, currency and day with rows
{{ config(meta={'refresh': 'days'}) }}
with

transactions as (
    select *
    from {{ ref('fct_transactions') }}
    where
        {{ touched('account_id', 'account_id') }}
        and {{ touched('day', 'date') }}
        and {{ in_touched_span('date') }}
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
