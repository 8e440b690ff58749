-- grain: one row per leg of a transfer between two own accounts

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
),  __dbt__cte__stg_decisions as (
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
    from __dbt__cte__src_decisions
    where
        (
        date >= getvariable('from_day') - 18
        and date < getvariable('until_day') + 18
        and (
            getvariable('without_gap')
            or list_contains(getvariable('months_around'), cast(date_trunc('month', date) as date))
        )
    )
        or (
        prev_date >= getvariable('from_day') - 18
        and prev_date < getvariable('until_day') + 18
        and (
            getvariable('without_gap')
            or list_contains(getvariable('months_around'), cast(date_trunc('month', prev_date) as date))
        )
    )
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
        and (
        decisions.date >= getvariable('from_day') - 18
        and decisions.date < getvariable('until_day') + 18
        and (
            getvariable('without_gap')
            or list_contains(getvariable('months_around'), cast(date_trunc('month', decisions.date) as date))
        )
    )
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
),  __dbt__cte__int_equal_transfers as (
-- grain: one row per leg of a transfer between two own accounts of one currency
-- Equal and opposite booked amounts of one currency in two accounts are one transfer, each leg used once, the nearest day
-- first. Legs are paired in rounds, k-th out with k-th in of the same amount; the same day is tried twice, the second time
-- from the other end, for the legs that met one of their own account. A demo account never pairs with a real one. What is
-- paired leaves the rounds, which end when nothing is left.

with recursive

legs as (select * exclude (observation_id) from __dbt__cte__int_transfer_legs),

-- amounts that went out of one account and into another one, whenever
both_ways as (
    select
        magnitude,
        currency,
        demo
    from legs
    group by all
    having
        bool_or(is_out)
        and bool_or(not is_out)
        and min(account_id) != max(account_id)
),

possible as (
    select legs.*
    from legs
    semi join both_ways using (magnitude, currency, demo)
),

-- what the other leg would have to be, on which days
wanted as (
    select distinct
        not is_out as is_out,
        magnitude,
        currency,
        demo,
        unnest([date - 3, date - 2, date - 1, date, date + 1, date + 2, date + 3]) as date
    from possible
),

rounds as (
    select
        possible.*,
        dense_rank() over (order by possible.account_id) as account_place,
        0 as round,
        cast(null as uuid) as other_transaction_id,
        cast(null as varchar) as other_account_id
    from possible
    semi join wanted using (is_out, magnitude, currency, demo, date)
    union all
    (
        with

        placed as (
            select
                *,
                row_number() over (
                    partition by is_out, magnitude, currency, demo, date
                    order by case when is_out or round = 1 then account_place else -account_place end, transaction_id
                ) as place
            from rounds
            where
                other_transaction_id is null
                and round < 8
        )

        select
            legs.transaction_id,
            legs.account_id,
            legs.date,
            legs.is_out,
            legs.magnitude,
            legs.currency,
            legs.demo,
            legs.account_place,
            legs.round + 1 as round,
            others.transaction_id as other_transaction_id,
            others.account_id as other_account_id
        from placed as legs
        left join placed as others
            on others.is_out = not legs.is_out
            and others.magnitude = legs.magnitude
            and others.currency = legs.currency
            and others.demo = legs.demo
            and others.date = legs.date + (case when legs.is_out then 1 else -1 end) * [0, 0, 1, -1, 2, -2, 3, -3][legs.round + 1]
            and others.place = legs.place
            and others.account_id != legs.account_id
    )
),

final as (
    select
        transaction_id,
        case when is_out then transaction_id else other_transaction_id end as transfer_id,
        date,
        account_id,
        other_account_id
    from rounds
    where other_transaction_id is not null
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
    where (
        date >= getvariable('from_day') - 18
        and date < getvariable('until_day') + 18
        and (
            getvariable('without_gap')
            or list_contains(getvariable('months_around'), cast(date_trunc('month', date) as date))
        )
    )
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
),  __dbt__cte__int_exchange_transfers as (
-- grain: one row per leg of a transfer between two own accounts of different currencies
-- Legs that no equal amount pairs, at most three days apart. Two kinds of evidence: one leg says as its original amount just
-- what the other one is; or the dated rate leads from one to the other within 3 %, and neither leg could be
-- paired with any third one. The nearest best is taken where each is the other's best; without evidence there is no guess.

with

legs as (select * from __dbt__cte__int_transfer_legs),

paired as (select * from __dbt__cte__int_equal_transfers),

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

final as (
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
)

select * from final
), equal_transfers as (select * from __dbt__cte__int_equal_transfers),

exchange_transfers as (select * from __dbt__cte__int_exchange_transfers),

legs as (
    select * from equal_transfers
    union all
    select * from exchange_transfers
),

final as (
    select
        transaction_id,
        transfer_id,
        cast(date_trunc('month', date) as date) as month,
        date,
        account_id,
        other_account_id
    from legs
    where (
        date >= getvariable('from_day')
        and date < getvariable('until_day')
        and (
            getvariable('without_gap')
            or list_contains(getvariable('months'), cast(date_trunc('month', date) as date))
        )
    )
)

select * from final
