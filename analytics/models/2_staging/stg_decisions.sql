-- grain: one row per transaction: its latest identity decision
with

steps as (select * from {{ ref('stg_decision_steps') }}),

latest as (
    select
        transaction_id,
        max(decision_seq) as decision_seq
    from steps
    group by transaction_id
),

final as (
    select steps.*
    from steps
    join latest using (transaction_id, decision_seq)
    where
        steps.status != 'gone'
        and {{ in_touched_span('steps.date') }}
)

select * from final
