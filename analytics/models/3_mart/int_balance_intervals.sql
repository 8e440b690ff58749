-- grain: one row per account, currency, balance kind and statement, with the statement before it, if there is one
{{ config(materialized='view') }}
with

statements as (select * from {{ ref('stg_booked_balances') }}),

final as (
    select
        account_id,
        currency,
        balance_kind,
        row_number() over by_statement as interval_no,
        lag(stated_date) over by_statement as from_date,
        stated_date as to_date,
        lag(stated_at) over by_statement as from_at,
        stated_at as to_at,
        lag(fetched_at) over by_statement as from_fetched_at,
        fetched_at as to_fetched_at,
        lag(balance_minor) over by_statement as opening_minor,
        balance_minor as closing_minor,
        lead(stated_at) over by_statement is null as is_last
    from statements
    window by_statement as (
        partition by account_id, currency, balance_kind
        order by case when balance_kind = 'closing' then stated_at else fetched_at end
    )
)

select * from final
