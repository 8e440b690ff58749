-- grain: one row per booked entry: a transaction, or each part of one that the user split
-- Every sum by category adds these up. Computed when read: a split moves no money, it only says what it was for.
{{ config(materialized='view') }}
with

transactions as (
    select *
    from {{ ref('fct_transactions') }}
    where status = 'booked'
),

parts as (
    select *
    from {{ ref('stg_user_decisions') }}
    where part > 0
),

categories as (select * from {{ ref('categories') }}),

-- one scan, which a condition on days or months reaches
entries as (
    select
        transactions.transaction_id,
        coalesce(parts.part, 0) as part,
        transactions.date,
        transactions.month,
        transactions.account_id,
        transactions.currency,
        coalesce(parts.category, transactions.category) as category,
        transactions.merchant,
        coalesce(parts.amount_minor, transactions.amount_minor) as amount_minor
    from transactions
    left join parts using (transaction_id)
),

final as (
    select
        entries.*,
        categories.kind
    from entries
    join categories using (category)
)

select * from final
