-- grain: one row per transaction, booked or pending
{{ config(meta={'refresh': 'transactions'}) }}
with

transactions as (select * from {{ ref('stg_transactions') }}),

wordings as (select * from {{ ref('int_wordings') }}),

transfers as (
    select *
    from {{ ref('int_transfers') }}
    where {{ touched('transaction_id', 'transaction_id') }}
),

user_decisions as (
    select *
    from {{ ref('stg_user_decisions') }}
    where part = 0
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
        transactions.original_amount_minor,
        transactions.original_currency,
        transactions.description,
        transactions.counterparty,
        wordings.merchant,
        case
            when user_decisions.category is not null then user_decisions.category
            when transfers.transfer_id is not null then 'transfer'
            when wordings.category is not null then wordings.category
            when transactions.amount_minor > 0 then 'other_income'
            else 'uncategorised'
        end as category,
        case
            when user_decisions.category is null and transfers.transfer_id is null then wordings.category_rule
        end as category_rule,
        user_decisions.note,
        transactions.status,
        transactions.missing_upstream,
        transfers.transfer_id,
        lower(concat_ws(chr(10), transactions.description, transactions.counterparty)) as search_text
    from transactions
    left join wordings
        on wordings.description = transactions.description
        and wordings.counterparty is not distinct from transactions.counterparty
        and wordings.bank_code is not distinct from transactions.bank_code
        and wordings.mcc is not distinct from transactions.mcc
        and wordings.direction = case when transactions.amount_minor > 0 then 'in' else 'out' end
    -- by its day as well: while a file of decisions is still to come, one transaction may stand on two
    left join transfers using (transaction_id, date)
    left join user_decisions using (transaction_id)
    order by transactions.date, transactions.transaction_id
)

select * from final
