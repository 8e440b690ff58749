-- grain: one row per account with a stated balance: its newest statement, from which all other days are derived
-- And the days from its first row or statement to its last.
{{ config(materialized='view') }}
with

statements as (select * from {{ ref('int_stated_balances') }}),

movements as (select * from {{ ref('int_movements_daily') }}),

anchors as (
    select
        account_id,
        currency,
        date as anchor_date,
        amount_minor as anchor_minor
    from statements
    qualify row_number() over (partition by account_id order by date desc, fetched_at desc, currency) = 1
),

known_days as (
    select
        account_id,
        currency,
        date
    from movements
    union all
    select
        account_id,
        currency,
        date
    from statements
),

final as (
    select
        account_id,
        anchors.currency,
        anchors.anchor_minor,
        anchors.anchor_date,
        min(known_days.date) as first_date,
        max(known_days.date) as last_date
    from anchors
    join known_days using (account_id, currency)
    group by all
)

select * from final
