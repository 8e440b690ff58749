-- grain: one row per account, currency and day for which the bank stated a booked balance: the best statement for that day
-- A closing balance is of its reference day; any other is of the bank's day, in the account's zone, when it was fetched.
{{ config(materialized='view') }}
with

balances as (select * from {{ ref('stg_balances') }}),

accounts as (select * from {{ ref('stg_accounts') }}),

ranked as (
    select
        balances.account_id,
        balances.currency,
        balances.amount_minor,
        balances.fetched_at,
        balances.balance_type,
        balances.balance_type = 'closingBooked' as is_closing,
        case
            when balances.balance_type = 'closingBooked' and balances.reference_date is not null
                then balances.reference_date
            else cast(timezone(coalesce(accounts.time_zone, 'UTC'), balances.bank_now) as date)
        end as date,
        list_position(
            ['interimBooked', 'closingBooked', 'expected', 'interimAvailable', 'information'],
            balances.balance_type
        ) as preference,
        balances.reference_date
    from balances
    left join accounts using (account_id)
    where not balances.credit_limit_included
),

final as (
    select
        account_id,
        currency,
        date,
        amount_minor,
        fetched_at,
        balance_type,
        is_closing
    from ranked
    where preference is not null
    qualify row_number() over (
        partition by account_id, currency, date
        order by fetched_at desc, preference, reference_date desc nulls last, amount_minor
    ) = 1
)

select * from final
