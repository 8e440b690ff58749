-- grain: one row per month, account and currency with booked entries that are no transfer between own accounts
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
