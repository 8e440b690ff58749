-- grain: one row per identity decision
-- Limited to what is touched, a decision is read by its own day, and where it moved its transaction away from one of these days
-- (`touched_moves`): so the one that followed a decision of these days is always among what is read, and no older decision can
-- look like the latest. Two scans, since neither could skip anything for a condition on either day.
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
        and {{ in_touched_span('date', around=12) }}
{%- if var('touched') %}
    union all
    select * from temp.main.touched_moves
{%- endif %}
)

select * from final
