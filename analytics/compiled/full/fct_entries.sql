-- grain: one row per booked entry: a transaction, or each part of one that the user split
-- Every sum by category adds these up. Computed when read: a split moves no money, it only says what it was for.

with

 __dbt__cte__stg_user_decisions as (
-- grain: one row per transaction and part that the user decided about: part 0 is the whole, parts from 1 on are a split
-- The place where a user's own category, note and split join the rows: whoever keeps them fills table `user_decisions`.
with

user_decisions as (select * from "mart"."seed"."user_decisions"),

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
), transactions as (
    select *
    from "mart"."main"."fct_transactions"
    where status = 'booked'
),

parts as (
    select *
    from __dbt__cte__stg_user_decisions
    where part > 0
),

categories as (select * from "mart"."seed"."categories"),

-- one scan, which a condition on days or months reaches
entries as (
    select
        transactions.transaction_id,
        coalesce(parts.part, 0) as part,
        transactions.date,
        transactions.month,
        transactions.account_id,
        transactions.currency,
        coalesce(parts.category, transactions.category) as category,
        transactions.merchant,
        coalesce(parts.amount_minor, transactions.amount_minor) as amount_minor
    from transactions
    left join parts using (transaction_id)
),

final as (
    select
        entries.*,
        categories.kind
    from entries
    join categories using (category)
)

select * from final
