-- grain: one row per transaction and part that the user decided about: part 0 is the whole, parts from 1 on are a split
-- The place where a user's own category, note and split join the rows: whoever keeps them fills table `user_decisions`.
with

user_decisions as (select * from {{ ref('user_decisions') }}),

final as (
    select
        transaction_id,
        part,
        category,
        amount_minor,
        note,
        decided_at
    from user_decisions
)

select * from final
