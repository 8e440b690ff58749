-- grain: one row per month, category, account and currency with booked spending; refunds are taken off
{{ config(meta={'refresh': 'months'}) }}
with

entries as (
    select *
    from {{ ref('fct_entries') }}
    where
        {{ touched('account_id', 'account_id') }}
        and {{ touched('month', 'month') }}
        and {{ in_touched_span('date') }}
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
