-- grain: one row per month, category, account and currency with booked spending; refunds are taken off
{{ config(meta={'refresh': 'months'}) }}
with

transactions as (
    select *
    from {{ ref('fct_transactions') }}
    where {{ in_touched_months('month') }}
),

categories as (select * from {{ ref('categories') }}),

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
