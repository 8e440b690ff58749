-- grain: one row per transaction, booked or pending
{{ config(meta={'refresh': 'months'}) }}
with

transactions as (
    select *
    from {{ ref('stg_transactions') }}
    where {{ in_touched_months('date') }}
),

rule_categories as (select * from {{ ref('int_rule_categories') }}),

transfers as (
    select *
    from {{ ref('int_transfers') }}
    where {{ in_touched_months('date') }}
),

final as (
    select
        transactions.transaction_id,
        transactions.account_id,
        transactions.date,
        transactions.month,
        transactions.value_date,
        transactions.amount_minor,
        transactions.amount,
        transactions.currency,
        transactions.description,
        transactions.counterparty,
        case
            when transfers.transfer_id is not null then 'transfer'
            when rule_categories.category is not null then rule_categories.category
            when transactions.amount_minor > 0 then 'other_income'
            else 'uncategorised'
        end as category,
        case when transfers.transfer_id is null then rule_categories.priority end as category_rule,
        transactions.status,
        transactions.missing_upstream,
        transfers.transfer_id,
        lower(concat_ws(chr(10), transactions.description, transactions.counterparty)) as search_text
    from transactions
    left join rule_categories using (transaction_id)
    left join transfers using (transaction_id)
    order by transactions.date, transactions.transaction_id
)

select * from final
