-- grain: one row per day and pair of currencies that can be converted by the file of rates
-- Either way round, and by way of a third currency that has both on that day; what the file says itself goes first. Minor
-- units of `to_currency` = minor units of `from_currency` × minor_factor.

with

 __dbt__cte__stg_exchange_rates as (
-- grain: one row per day and pair of currencies that the file of rates has: 1 of `from_currency` is `rate` of `to_currency`
with

exchange_rates as (
    select * from "mart"."seed"."exchange_rates"
),

final as (
    select
        date,
        from_currency,
        to_currency,
        rate
    from exchange_rates
    where
        rate > 0
        and from_currency != to_currency
)

select * from final
), exchange_rates as (select * from __dbt__cte__stg_exchange_rates),

currencies as (select * from "mart"."seed"."currencies"),

both_ways as (
    select
        date,
        from_currency,
        to_currency,
        cast(rate as double) as rate,
        1 as steps
    from exchange_rates
    union all
    select
        date,
        to_currency as from_currency,
        from_currency as to_currency,
        1 / cast(rate as double) as rate,
        2 as steps
    from exchange_rates
),

crossed as (
    select
        first.date,
        first.from_currency,
        second.to_currency,
        first.rate * second.rate as rate,
        first.steps + second.steps as steps
    from both_ways as first
    join both_ways as second
        on second.date = first.date
        and second.from_currency = first.to_currency
        and second.to_currency != first.from_currency
),

pairs as (
    select * from both_ways
    union all
    select * from crossed
),

best as (
    select
        date,
        from_currency,
        to_currency,
        arg_min(rate, struct_pack(steps := steps, rate := rate)) as rate
    from pairs
    group by all
),

final as (
    select
        best.date,
        best.from_currency,
        best.to_currency,
        cast(best.rate as decimal(18, 9)) as rate,
        cast(
            best.rate * pow(10, coalesce(to_.decimals, 2) - coalesce(from_.decimals, 2)) as decimal(18, 9)
        ) as minor_factor
    from best
    left join currencies as from_ on from_.currency = best.from_currency
    left join currencies as to_ on to_.currency = best.to_currency
)

select * from final
