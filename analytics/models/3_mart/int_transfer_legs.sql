-- grain: one row per booked transaction that moved money: what may be a leg of a transfer
{{ config(materialized=inlined()) }}
with

decisions as (select * from {{ ref('stg_decisions') }}),

accounts as (select * from {{ ref('stg_accounts') }}),

final as (
    select
        decisions.transaction_id,
        decisions.observation_id,
        decisions.account_id,
        decisions.date,
        decisions.amount_minor < 0 as is_out,
        abs(decisions.amount_minor) as magnitude,
        decisions.currency,
        coalesce(accounts.demo, false) as demo
    from decisions
    left join accounts using (account_id)
    where
        decisions.status = 'booked'
        and decisions.amount_minor != 0
)

select * from final
