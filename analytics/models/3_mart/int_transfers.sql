-- grain: one row per leg of a transfer between two own accounts
{{ config(materialized='view') }}
with

equal_transfers as (select * from {{ ref('int_equal_transfers') }}),

exchange_transfers as (select * from {{ ref('int_exchange_transfers') }}),

legs as (
    select * exclude (magnitude) from equal_transfers
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
)

select * from final
