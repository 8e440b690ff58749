-- grain: one row per identity decision
-- Limited to what is touched, a decision is read by its own day and by the day it moved the transaction away from: so the one
-- that followed a decision of these days is always among what is read, and no older decision can look like the latest.
with

final as (
    select
        cast(transaction_id as uuid) as transaction_id,
        cast(observation_id as uuid) as observation_id,
        account_id,
        decision_seq,
        kind,
        status,
        missing_upstream,
        date,
        amount_minor,
        currency
    from {{ ref('src_decisions') }}
    where
        {{ touched('transaction_id', 'transaction_id') }}
        and ({{ in_touched_span('date', around=12) }} or {{ in_touched_span('prev_date', around=12) }})
)

select * from final
