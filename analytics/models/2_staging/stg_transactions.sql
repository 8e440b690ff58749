-- grain: one row per transaction that the bank still shows or once booked, as its latest decision and observation say
with

decisions as (select * from {{ ref('stg_decisions') }}),

observations as (select * from {{ ref('stg_observations') }}),

final as (
    select
        decisions.transaction_id,
        decisions.account_id,
        decisions.status,
        decisions.missing_upstream,
        decisions.date,
        cast(date_trunc('month', decisions.date) as date) as month,
        observations.value_date,
        decisions.amount_minor,
        observations.amount,
        decisions.currency,
        observations.description,
        observations.counterparty,
        observations.bank_code,
        observations.mcc,
        observations.original_amount_minor,
        observations.original_currency
    from decisions
    join observations using (observation_id)
)

select * from final
