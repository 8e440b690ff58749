-- grain: one row per transaction: its latest identity decision
-- Limited to months, a decision is read by its own day and by the day it moved the transaction away from: so the one
-- that followed a decision of these months is always among what is read, and no older decision can look like the latest.
with

decisions as (
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
        {{ around_touched_months('date') }}
        or {{ around_touched_months('prev_date') }}
),

latest as (
    select
        transaction_id,
        max(decision_seq) as decision_seq
    from decisions
    group by transaction_id
),

final as (
    select decisions.*
    from decisions
    join latest using (transaction_id, decision_seq)
    where
        decisions.status != 'gone'
        and {{ around_touched_months('decisions.date') }}
)

select * from final
