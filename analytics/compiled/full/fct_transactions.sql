-- grain: one row per transaction, booked or pending

with

 __dbt__cte__stg_decisions as (
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
    from "mart"."lake"."decisions"
    where
        true
        or true
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
        and true
)

select * from final
),  __dbt__cte__stg_observations as (
-- grain: one row per observation: what a bank said in one row of one response
-- An observation is of the same day as the decisions that point to it (docs/lake.md), so it is limited by its own day.
with

observations as (
    select *
    from "mart"."lake"."observations"
    where true
),

final as (
    select
        cast(observation_id as uuid) as observation_id,
        date,
        value_date,
        amount,
        description,
        counterparty,
        mcc,
        observed_at,
        source like 'file-%' as from_file
    from observations
)

select * from final
),  __dbt__cte__stg_transactions as (
-- grain: one row per transaction that the bank still shows or once booked, as its latest decision and observation say
with

decisions as (select * from __dbt__cte__stg_decisions),

observations as (select * from __dbt__cte__stg_observations),

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
        observations.mcc
    from decisions
    join observations using (observation_id)
)

select * from final
),  __dbt__cte__int_rule_categories as (
-- grain: one row per transaction that a category rule matches: the rule of the lowest priority number
-- A text rule's pattern is one or more whole words of description and counterparty; finding its first word by a join keeps
-- the work per transaction independent of the number of rules. A merchant category code decides where no text does.

with

transactions as (
    select *
    from __dbt__cte__stg_transactions
    where true
),

rules as (
    select
        *,
        split_part(pattern, ' ', 1) as first_word
    from "mart"."seed"."category_rules"
),

texts as (
    select
        transaction_id,
        case when amount_minor > 0 then 'in' else 'out' end as direction,
        ' ' || translate(
            lower(description || ' ' || coalesce(counterparty, '')),
            '.,;:*/+-_()#"''',
            '             '
        ) || ' ' as text
    from transactions
),

words as (
    select
        transaction_id,
        direction,
        text,
        unnest(string_split(text, ' ')) as word
    from texts
),

by_text as (
    select
        words.transaction_id,
        rules.category,
        rules.priority
    from words
    join rules
        on rules.first_word = words.word
        and rules.field = 'text'
        and rules.direction in ('any', words.direction)
        and contains(words.text, ' ' || rules.pattern || ' ')
),

by_code as (
    select
        transactions.transaction_id,
        rules.category,
        rules.priority
    from transactions
    join rules
        on rules.pattern = transactions.mcc
        and rules.field = 'mcc'
),

matches as (
    select * from by_text
    union all
    select * from by_code
),

final as (
    select
        transaction_id,
        arg_min(category, priority) as category,
        min(priority) as priority
    from matches
    group by transaction_id
)

select * from final
), transactions as (
    select *
    from __dbt__cte__stg_transactions
    where true
),

rule_categories as (select * from __dbt__cte__int_rule_categories),

transfers as (
    select *
    from "mart"."main"."int_transfers"
    where true
),

final as (
    select
        transactions.transaction_id,
        transactions.account_id,
        transactions.date,
        transactions.month,
        transactions.value_date,
        transactions.amount_minor,
        transactions.amount,
        transactions.currency,
        transactions.description,
        transactions.counterparty,
        case
            when transfers.transfer_id is not null then 'transfer'
            when rule_categories.category is not null then rule_categories.category
            when transactions.amount_minor > 0 then 'other_income'
            else 'uncategorised'
        end as category,
        case when transfers.transfer_id is null then rule_categories.priority end as category_rule,
        transactions.status,
        transactions.missing_upstream,
        transfers.transfer_id,
        lower(concat_ws(chr(10), transactions.description, transactions.counterparty)) as search_text
    from transactions
    left join rule_categories using (transaction_id)
    left join transfers using (transaction_id)
    order by transactions.date, transactions.transaction_id
)

select * from final
