-- grain: one row per leg of a transfer between two own accounts of one currency
-- Equal and opposite booked amounts of one currency in two accounts are one transfer, each leg used once, the nearest day
-- first. Legs are paired in rounds, k-th out with k-th in of the same amount; the same day is tried twice, the second time
-- from the other end, for the legs that met one of their own account. A demo account never pairs with a real one. What is
-- paired leaves the rounds, which end when nothing is left.
{{ config(meta={'refresh': 'amounts'}) }}
{#- days from out to in, round by round -#}
{%- set days = [0, 0, 1, -1, 2, -2, 3, -3] %}
with recursive

legs as (
    select * exclude (observation_id)
    from {{ ref('int_transfer_legs') }}
    where {{ touched('magnitude', 'magnitude') }}
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
                and round < {{ days | length }}
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
            and others.date = legs.date + (case when legs.is_out then 1 else -1 end) * {{ days }}[legs.round + 1]
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
        and {{ in_reach('date', days=12) }}
)

select * from final
