-- grain: one row per leg of a transfer between two own accounts
{{ config(meta={'refresh': 'months'}) }}
with

equal_transfers as (select * from {{ ref('int_equal_transfers') }}),

exchange_transfers as (select * from {{ ref('int_exchange_transfers') }}),

legs as (
    select * from equal_transfers
    union all
    select * from exchange_transfers
),

final as (
    select
        transaction_id,
        transfer_id,
        cast(date_trunc('month', date) as date) as month,
        date,
        account_id,
        other_account_id
    from legs
    where {{ in_touched_months('date') }}
)

select * from final
