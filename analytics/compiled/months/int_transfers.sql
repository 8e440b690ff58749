-- grain: one row per leg of a transfer between two own accounts
-- Equal and opposite booked amounts of one currency in two accounts are one transfer, each leg used once, the nearest day
-- first. Legs are paired in rounds, k-th out with k-th in of the same amount; the same day is tried twice, the second time
-- from the other end, for the legs that met one of their own account. A demo account never pairs with a real one.

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
        status,
        missing_upstream,
        date,
        amount_minor,
        currency
    from "mart"."lake"."decisions"
    where
        (
        date >= list_min(getvariable('months')) - 12
        and date < cast(list_max(getvariable('months')) + interval 1 month as date) + 12
        and (
            list_contains(getvariable('months'), cast(date_trunc('month', date) as date))
            or list_contains(getvariable('months'), cast(date_trunc('month', date - 12) as date))
            or list_contains(getvariable('months'), cast(date_trunc('month', date + 12) as date))
        )
    )
        or (
        prev_date >= list_min(getvariable('months')) - 12
        and prev_date < cast(list_max(getvariable('months')) + interval 1 month as date) + 12
        and (
            list_contains(getvariable('months'), cast(date_trunc('month', prev_date) as date))
            or list_contains(getvariable('months'), cast(date_trunc('month', prev_date - 12) as date))
            or list_contains(getvariable('months'), cast(date_trunc('month', prev_date + 12) as date))
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
        decisions.date >= list_min(getvariable('months')) - 12
        and decisions.date < cast(list_max(getvariable('months')) + interval 1 month as date) + 12
        and (
            list_contains(getvariable('months'), cast(date_trunc('month', decisions.date) as date))
            or list_contains(getvariable('months'), cast(date_trunc('month', decisions.date - 12) as date))
            or list_contains(getvariable('months'), cast(date_trunc('month', decisions.date + 12) as date))
        )
    )
)

select * from final
),  __dbt__cte__stg_accounts as (
-- grain: one row per account: the bank's latest description of it
with

accounts as (select * from "mart"."lake"."accounts"),

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
), decisions as (select * from __dbt__cte__stg_decisions),

accounts as (select * from __dbt__cte__stg_accounts),

legs as (
    select
        decisions.transaction_id,
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

left_0 as (
    select possible.*
    from possible
    semi join wanted using (is_out, magnitude, currency, demo, date)
),

outs_1 as (
    select
        *,
        row_number() over (
            partition by magnitude, currency, demo, date order by account_id, transaction_id
        ) as place
    from left_0
    where is_out
),

ins_1 as (
    select
        *,
        row_number() over (
            partition by magnitude, currency, demo, date order by account_id desc, transaction_id
        ) as place
    from left_0
    where not is_out
),

pairs_1 as (
    select
        outs.transaction_id as out_id,
        outs.account_id as out_account_id,
        outs.date as out_date,
        ins.transaction_id as in_id,
        ins.account_id as in_account_id,
        ins.date as in_date
    from outs_1 as outs
    join ins_1 as ins
        on ins.magnitude = outs.magnitude
        and ins.currency = outs.currency
        and ins.demo = outs.demo
        and ins.date = outs.date + 0
        and ins.place = outs.place
        and ins.account_id != outs.account_id
),

left_1 as (
    select *
    from left_0
    where transaction_id not in (select unnest([out_id, in_id]) from pairs_1)
),

outs_2 as (
    select
        *,
        row_number() over (
            partition by magnitude, currency, demo, date order by account_id, transaction_id
        ) as place
    from left_1
    where is_out
),

ins_2 as (
    select
        *,
        row_number() over (
            partition by magnitude, currency, demo, date order by account_id asc, transaction_id
        ) as place
    from left_1
    where not is_out
),

pairs_2 as (
    select
        outs.transaction_id as out_id,
        outs.account_id as out_account_id,
        outs.date as out_date,
        ins.transaction_id as in_id,
        ins.account_id as in_account_id,
        ins.date as in_date
    from outs_2 as outs
    join ins_2 as ins
        on ins.magnitude = outs.magnitude
        and ins.currency = outs.currency
        and ins.demo = outs.demo
        and ins.date = outs.date + 0
        and ins.place = outs.place
        and ins.account_id != outs.account_id
),

left_2 as (
    select *
    from left_1
    where transaction_id not in (select unnest([out_id, in_id]) from pairs_2)
),

outs_3 as (
    select
        *,
        row_number() over (
            partition by magnitude, currency, demo, date order by account_id, transaction_id
        ) as place
    from left_2
    where is_out
),

ins_3 as (
    select
        *,
        row_number() over (
            partition by magnitude, currency, demo, date order by account_id desc, transaction_id
        ) as place
    from left_2
    where not is_out
),

pairs_3 as (
    select
        outs.transaction_id as out_id,
        outs.account_id as out_account_id,
        outs.date as out_date,
        ins.transaction_id as in_id,
        ins.account_id as in_account_id,
        ins.date as in_date
    from outs_3 as outs
    join ins_3 as ins
        on ins.magnitude = outs.magnitude
        and ins.currency = outs.currency
        and ins.demo = outs.demo
        and ins.date = outs.date + 1
        and ins.place = outs.place
        and ins.account_id != outs.account_id
),

left_3 as (
    select *
    from left_2
    where transaction_id not in (select unnest([out_id, in_id]) from pairs_3)
),

outs_4 as (
    select
        *,
        row_number() over (
            partition by magnitude, currency, demo, date order by account_id, transaction_id
        ) as place
    from left_3
    where is_out
),

ins_4 as (
    select
        *,
        row_number() over (
            partition by magnitude, currency, demo, date order by account_id desc, transaction_id
        ) as place
    from left_3
    where not is_out
),

pairs_4 as (
    select
        outs.transaction_id as out_id,
        outs.account_id as out_account_id,
        outs.date as out_date,
        ins.transaction_id as in_id,
        ins.account_id as in_account_id,
        ins.date as in_date
    from outs_4 as outs
    join ins_4 as ins
        on ins.magnitude = outs.magnitude
        and ins.currency = outs.currency
        and ins.demo = outs.demo
        and ins.date = outs.date + -1
        and ins.place = outs.place
        and ins.account_id != outs.account_id
),

left_4 as (
    select *
    from left_3
    where transaction_id not in (select unnest([out_id, in_id]) from pairs_4)
),

outs_5 as (
    select
        *,
        row_number() over (
            partition by magnitude, currency, demo, date order by account_id, transaction_id
        ) as place
    from left_4
    where is_out
),

ins_5 as (
    select
        *,
        row_number() over (
            partition by magnitude, currency, demo, date order by account_id desc, transaction_id
        ) as place
    from left_4
    where not is_out
),

pairs_5 as (
    select
        outs.transaction_id as out_id,
        outs.account_id as out_account_id,
        outs.date as out_date,
        ins.transaction_id as in_id,
        ins.account_id as in_account_id,
        ins.date as in_date
    from outs_5 as outs
    join ins_5 as ins
        on ins.magnitude = outs.magnitude
        and ins.currency = outs.currency
        and ins.demo = outs.demo
        and ins.date = outs.date + 2
        and ins.place = outs.place
        and ins.account_id != outs.account_id
),

left_5 as (
    select *
    from left_4
    where transaction_id not in (select unnest([out_id, in_id]) from pairs_5)
),

outs_6 as (
    select
        *,
        row_number() over (
            partition by magnitude, currency, demo, date order by account_id, transaction_id
        ) as place
    from left_5
    where is_out
),

ins_6 as (
    select
        *,
        row_number() over (
            partition by magnitude, currency, demo, date order by account_id desc, transaction_id
        ) as place
    from left_5
    where not is_out
),

pairs_6 as (
    select
        outs.transaction_id as out_id,
        outs.account_id as out_account_id,
        outs.date as out_date,
        ins.transaction_id as in_id,
        ins.account_id as in_account_id,
        ins.date as in_date
    from outs_6 as outs
    join ins_6 as ins
        on ins.magnitude = outs.magnitude
        and ins.currency = outs.currency
        and ins.demo = outs.demo
        and ins.date = outs.date + -2
        and ins.place = outs.place
        and ins.account_id != outs.account_id
),

left_6 as (
    select *
    from left_5
    where transaction_id not in (select unnest([out_id, in_id]) from pairs_6)
),

outs_7 as (
    select
        *,
        row_number() over (
            partition by magnitude, currency, demo, date order by account_id, transaction_id
        ) as place
    from left_6
    where is_out
),

ins_7 as (
    select
        *,
        row_number() over (
            partition by magnitude, currency, demo, date order by account_id desc, transaction_id
        ) as place
    from left_6
    where not is_out
),

pairs_7 as (
    select
        outs.transaction_id as out_id,
        outs.account_id as out_account_id,
        outs.date as out_date,
        ins.transaction_id as in_id,
        ins.account_id as in_account_id,
        ins.date as in_date
    from outs_7 as outs
    join ins_7 as ins
        on ins.magnitude = outs.magnitude
        and ins.currency = outs.currency
        and ins.demo = outs.demo
        and ins.date = outs.date + 3
        and ins.place = outs.place
        and ins.account_id != outs.account_id
),

left_7 as (
    select *
    from left_6
    where transaction_id not in (select unnest([out_id, in_id]) from pairs_7)
),

outs_8 as (
    select
        *,
        row_number() over (
            partition by magnitude, currency, demo, date order by account_id, transaction_id
        ) as place
    from left_7
    where is_out
),

ins_8 as (
    select
        *,
        row_number() over (
            partition by magnitude, currency, demo, date order by account_id desc, transaction_id
        ) as place
    from left_7
    where not is_out
),

pairs_8 as (
    select
        outs.transaction_id as out_id,
        outs.account_id as out_account_id,
        outs.date as out_date,
        ins.transaction_id as in_id,
        ins.account_id as in_account_id,
        ins.date as in_date
    from outs_8 as outs
    join ins_8 as ins
        on ins.magnitude = outs.magnitude
        and ins.currency = outs.currency
        and ins.demo = outs.demo
        and ins.date = outs.date + -3
        and ins.place = outs.place
        and ins.account_id != outs.account_id
),

pairs as (
    select * from pairs_1
    union all
    select * from pairs_2
    union all
    select * from pairs_3
    union all
    select * from pairs_4
    union all
    select * from pairs_5
    union all
    select * from pairs_6
    union all
    select * from pairs_7
    union all
    select * from pairs_8
),

both_legs as (
    select
        out_id as transaction_id,
        out_id as transfer_id,
        out_date as date,
        out_account_id as account_id,
        in_account_id as other_account_id
    from pairs
    union all
    select
        in_id as transaction_id,
        out_id as transfer_id,
        in_date as date,
        in_account_id as account_id,
        out_account_id as other_account_id
    from pairs
),

final as (
    select
        transaction_id,
        transfer_id,
        cast(date_trunc('month', date) as date) as month,
        date,
        account_id,
        other_account_id
    from both_legs
    where (
        date >= list_min(getvariable('months'))
        and date < cast(list_max(getvariable('months')) + interval 1 month as date)
        and list_contains(getvariable('months'), cast(date_trunc('month', date) as date))
    )
)

select * from final
