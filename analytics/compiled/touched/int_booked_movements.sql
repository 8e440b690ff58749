-- grain: one row per account, currency, day, moment, source (bank or file) and amount: booked rows by when they became known
-- A transaction counts as it is known now: what the user merged or took back never moved anything. It became known when an
-- answer first said it was booked, under a day at most 12 away from its present one (as far as a refresh looks).

with

 __dbt__cte__src_decisions as (
-- grain: one row per identity decision
select
    account_id,
    decision_seq,
    transaction_id,
    observation_id,
    kind,
    status,
    missing_upstream,
    date,
    amount_minor,
    currency,
    prev_date
from "mart"."lake"."decisions"
),  __dbt__cte__stg_decision_steps as (
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
    from __dbt__cte__src_decisions
    where
        transaction_id in (select transaction_id from temp.main.touched_transaction_id)
        and (date >= getvariable('from_day') - 12 and date < getvariable('until_day') + 12)
    union all
    select * from temp.main.touched_moves
)

select * from final
),  __dbt__cte__stg_decisions as (
-- grain: one row per transaction: its latest identity decision
with

steps as (select * from __dbt__cte__stg_decision_steps),

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
        and (steps.date >= getvariable('from_day') - 0 and steps.date < getvariable('until_day') + 0)
)

select * from final
),  __dbt__cte__src_observations as (
-- grain: one row per observation: what a bank said in one row of one response
select
    observation_id,
    date,
    value_date,
    amount,
    description,
    counterparty,
    bank_code,
    mcc,
    original_amount_minor,
    original_currency,
    observed_at,
    source
from "mart"."lake"."observations"
),  __dbt__cte__stg_observations as (
-- grain: one row per observation: what a bank said in one row of one response
-- An observation is of the same day as the decisions that point to it (docs/lake.md), so it is limited by its own day.
with

observations as (
    select *
    from __dbt__cte__src_observations
    where (date >= getvariable('from_day') - 12 and date < getvariable('until_day') + 12)
),

final as (
    select
        cast(observation_id as uuid) as observation_id,
        date,
        value_date,
        amount,
        description,
        counterparty,
        bank_code,
        mcc,
        original_amount_minor,
        original_currency,
        observed_at,
        source like 'file-%' as from_file
    from observations
)

select * from final
), decisions as (
    select *
    from __dbt__cte__stg_decisions
    where
        status = 'booked'
        and account_id in (select account_id from temp.main.touched_account_id)
        and date in (select day from temp.main.touched_day)
),

steps as (
    select *
    from __dbt__cte__stg_decision_steps
    where status = 'booked'
),

observations as (select * from __dbt__cte__stg_observations),

-- most are booked once and never spoken of again
told_once as (
    select
        decisions.transaction_id,
        observations.observed_at as known_at,
        observations.from_file
    from decisions
    join observations using (observation_id)
    where decisions.kind = 'new'
),

told_again as (
    select
        decisions.transaction_id,
        coalesce(
            min(observations.observed_at) filter (where not observations.from_file),
            min(observations.observed_at)
        ) as known_at,
        bool_and(observations.from_file) as from_file
    from decisions
    join steps on
        steps.transaction_id = decisions.transaction_id
        and steps.date between decisions.date - 12 and decisions.date + 12
    join observations on observations.observation_id = steps.observation_id
    where decisions.kind != 'new'
    group by decisions.transaction_id
),

known as (
    select * from told_once
    union all
    select * from told_again
),

final as (
    select
        decisions.account_id,
        decisions.currency,
        decisions.date,
        cast(date_trunc('month', decisions.date) as date) as month,
        known.known_at,
        known.from_file,
        decisions.amount_minor,
        cast(count(*) as integer) as transaction_rows
    from decisions
    join known using (transaction_id)
    group by all
    order by account_id, known_at, date, amount_minor
)

select * from final
