-- grain: one row per leg of a transfer between two own accounts of different currencies
-- Legs that no equal amount pairs, at most three days apart. Two kinds of evidence: one leg says as its original amount just
-- what the other one is; or the dated rate leads from one to the other within 3 %, and neither leg could be
-- paired with any third one. The nearest best is taken where each is the other's best; without evidence there is no guess.

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
),  __dbt__cte__src_accounts as (
-- grain: one row per description of an account
select
    account_id,
    connection_id,
    described_at,
    name,
    kind,
    currency,
    iban_masked,
    institution_id,
    institution_name,
    institution_logo,
    time_zone,
    demo
from "mart"."lake"."accounts"
),  __dbt__cte__stg_accounts as (
-- grain: one row per account: the bank's latest description of it
with

accounts as (select * from __dbt__cte__src_accounts),

final as (
    select
        account_id,
        connection_id,
        name,
        kind,
        currency,
        iban_masked,
        institution_id,
        institution_name,
        institution_logo,
        time_zone,
        demo,
        described_at
    from accounts
    qualify row_number() over (partition by account_id order by described_at desc, connection_id desc) = 1
)

select * from final
),  __dbt__cte__int_transfer_legs as (
-- grain: one row per booked transaction that moved money: what may be a leg of a transfer

with

decisions as (select * from __dbt__cte__stg_decisions),

accounts as (select * from __dbt__cte__stg_accounts),

final as (
    select
        decisions.transaction_id,
        decisions.observation_id,
        decisions.account_id,
        decisions.date,
        decisions.amount_minor < 0 as is_out,
        abs(decisions.amount_minor) as magnitude,
        decisions.currency,
        coalesce(accounts.demo, false) as demo
    from decisions
    left join accounts using (account_id)
    where
        decisions.status = 'booked'
        and decisions.amount_minor != 0
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
), legs as (select * from __dbt__cte__int_transfer_legs),

paired as (select * from "mart"."main"."int_equal_transfers"),

observations as (select * from __dbt__cte__stg_observations),

exchange_rates as (select * from "mart"."main"."fct_exchange_rates"),

-- most spaces know one currency, and end here: one of two legs is always in a currency that is not the most frequent
main_currency as (
    select mode(currency) as currency
    from legs
),

foreign_legs as (
    select legs.*
    from legs
    anti join paired using (transaction_id)
    where currency != (select currency from main_currency)
),

other_legs as (
    select
        legs.*,
        unnest([date - 3, date - 2, date - 1, date, date + 1, date + 2, date + 3]) as near_date
    from legs
    anti join paired using (transaction_id)
    where exists (select 1 from foreign_legs)
),

near as (
    select distinct
        case when one.is_out then one.transaction_id else other.transaction_id end as out_id,
        case when one.is_out then other.transaction_id else one.transaction_id end as in_id
    from foreign_legs as one
    join other_legs as other
        on other.near_date = one.date
        and other.is_out = not one.is_out
        and other.demo = one.demo
        and other.currency != one.currency
        and other.account_id != one.account_id
),

originals as (
    select
        legs.*,
        observations.original_currency,
        abs(observations.original_amount_minor) as original_magnitude
    from legs
    semi join (
        select out_id as transaction_id from near
        union
        select in_id from near
    ) as named using (transaction_id)
    join observations using (observation_id)
),

rated as (
    select
        near.out_id,
        near.in_id,
        outs.date as out_date,
        ins.date as in_date,
        outs.account_id as out_account_id,
        ins.account_id as in_account_id,
        abs(ins.date - outs.date) as days,
        coalesce(outs.original_currency = ins.currency and outs.original_magnitude = ins.magnitude, false)
        or coalesce(ins.original_currency = outs.currency and ins.original_magnitude = outs.magnitude, false) as is_told,
        case
            when outs.date - rates.date <= 31 then rates.minor_factor * outs.magnitude
        end as expected_magnitude,
        ins.magnitude
    from near
    join originals as outs on outs.transaction_id = near.out_id
    join originals as ins on ins.transaction_id = near.in_id
    asof left join exchange_rates as rates
        on rates.from_currency = outs.currency
        and rates.to_currency = ins.currency
        and rates.date <= outs.date
),

candidates as (
    select
        *,
        row_number() over (partition by out_id order by is_told desc, days, in_id) as place_for_out,
        row_number() over (partition by in_id order by is_told desc, days, out_id) as place_for_in,
        count(*) over (partition by out_id) as choices_of_out,
        count(*) over (partition by in_id) as choices_of_in
    from rated
    where
        is_told
        or abs(magnitude - expected_magnitude) * 100 <= 3 * expected_magnitude
),

exchanges as (
    select *
    from candidates
    where
        place_for_out = 1
        and place_for_in = 1
        and (
            is_told
            or (choices_of_out = 1 and choices_of_in = 1)
        )
),

legs_of_exchanges as (
    select
        out_id as transaction_id,
        out_id as transfer_id,
        out_date as date,
        out_account_id as account_id,
        in_account_id as other_account_id
    from exchanges
    union all
    select
        in_id as transaction_id,
        out_id as transfer_id,
        in_date as date,
        in_account_id as account_id,
        out_account_id as other_account_id
    from exchanges
),

final as (
    select *
    from legs_of_exchanges
    where date in (select day from temp.main.touched_reach where distance <= 18)
)

select * from final
