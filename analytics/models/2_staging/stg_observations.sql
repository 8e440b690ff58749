-- grain: one row per observation: what a bank said in one row of one response
with

observations as (select * from {{ source('lake', 'observations') }}),

final as (
    select
        cast(observation_id as uuid) as observation_id,
        value_date,
        amount,
        description,
        counterparty,
        mcc
    from observations
)

select * from final
