-- grain: one row per leg of a transfer between two own accounts of one currency
-- Equal and opposite booked amounts of one currency in two accounts are one transfer, each leg used once, the nearest day
-- first. Legs are paired in rounds, k-th out with k-th in of the same amount; the same day is tried twice, the second time
-- from the other end, for the legs that met one of their own account. A demo account never pairs with a real one. What is
-- paired leaves the rounds, which end when nothing is left.

with recursive

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
), legs as (
    select * exclude (observation_id)
    from __dbt__cte__int_transfer_legs
    where magnitude in (select magnitude from temp.main.touched_magnitude)
),

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
        other_account_id,
        magnitude
    from rounds
    where
        other_transaction_id is not null
        and date in (select day from temp.main.touched_reach where distance <= 12)
)

select * from final
