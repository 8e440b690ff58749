-- grain: one row per decision that left a transaction booked
with

final as (
    select
        cast(transaction_id as uuid) as transaction_id,
        cast(observation_id as uuid) as observation_id,
        date
    from {{ ref('src_decisions') }}
    where
        status = 'booked'
        and {{ around_touched_months('date') }}
)

select * from final
