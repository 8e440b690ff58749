-- grain: one row per account, currency and day for which the bank stated a booked balance: the best statement for that day
-- A closing balance is of its reference day; any other is of the bank's day, in the account's zone, when it was fetched.

with

 __dbt__cte__src_balances as (
-- grain: one row per balance stated in one answer
select
    account_id,
    fetched_at,
    bank_now,
    balance_type,
    amount_minor,
    currency,
    reference_date,
    credit_limit_included
from "mart"."lake"."balances"
),  __dbt__cte__stg_balances as (
-- grain: one row per account, fetch and balance type (and reference day, where a bank states one type for several)
with

balances as (select * from __dbt__cte__src_balances),

final as (
    select
        account_id,
        balance_type,
        amount_minor,
        currency,
        reference_date,
        fetched_at,
        bank_now,
        coalesce(credit_limit_included, false) as credit_limit_included
    from balances
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
), balances as (select * from __dbt__cte__stg_balances),

accounts as (select * from __dbt__cte__stg_accounts),

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
