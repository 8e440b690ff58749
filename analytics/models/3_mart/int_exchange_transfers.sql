-- grain: one row per leg of a transfer between two own accounts of different currencies
-- Legs that no equal amount pairs, at most three days apart. Two kinds of evidence: one leg says as its original amount just
-- what the other one is; or the dated rate leads from one to the other within {{ var('exchange_tolerance_percent') }} %, and neither leg could be
-- paired with any third one. The nearest best is taken where each is the other's best; without evidence there is no guess.
{{ config(meta={'refresh': 'exchanges'}) }}
with

legs as (select * from {{ ref('int_transfer_legs') }}),

paired as (select * from {{ ref('int_equal_transfers') }}),

observations as (select * from {{ ref('stg_observations') }}),

exchange_rates as (select * from {{ ref('fct_exchange_rates') }}),

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
            when outs.date - rates.date <= {{ var('rate_max_age_days') }} then rates.minor_factor * outs.magnitude
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
        or abs(magnitude - expected_magnitude) * 100 <= {{ var('exchange_tolerance_percent') }} * expected_magnitude
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
    where {{ in_reach('date', days=18) }}
)

select * from final
