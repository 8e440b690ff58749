-- grain: one row per account, currency, day, moment, source (bank or file) and amount: booked rows by when they became known
-- A transaction counts as it is known now: what the user merged or took back never moved anything. It became known when an
-- answer first said it was booked, under a day at most 12 away from its present one (as far as a refresh looks).
{{ config(meta={'refresh': 'days'}) }}
with

decisions as (
    select *
    from {{ ref('stg_decisions') }}
    where
        status = 'booked'
        and {{ touched('account_id', 'account_id') }}
        and {{ touched('day', 'date') }}
),

steps as (
    select *
    from {{ ref('stg_decision_steps') }}
    where status = 'booked'
),

observations as (select * from {{ ref('stg_observations') }}),

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
