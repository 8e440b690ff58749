-- grain: one row per own account

with

 __dbt__cte__src_accounts as (
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
),  __dbt__cte__src_balances as (
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
), accounts as (select * from __dbt__cte__stg_accounts),

balances as (select * from __dbt__cte__stg_balances),

movements as (select * from "mart"."main"."int_movements_daily"),

statements as (select * from "mart"."main"."int_stated_balances"),

stated as (
    select
        account_id,
        max(date) as last_stated_date
    from statements
    group by account_id
),

-- rows may come before the bank's description of their account
known as (
    select account_id from accounts
    union
    select account_id from movements
    union
    select account_id from balances
),

spans as (
    select
        account_id,
        min(date) as first_date,
        max(date) as last_date,
        arg_max(currency, date) as currency
    from movements
    group by account_id
),

ranked_balances as (
    select
        *,
        case
            when not credit_limit_included or balance_type in ('interimBooked', 'closingBooked')
                then list_position(
                    [
                        'interimBooked', 'closingBooked', 'expected', 'interimAvailable', 'information', 'openingBooked',
                        'previouslyClosedBooked'
                    ],
                    balance_type
                )
        end as booked_preference,
        list_position(
            ['interimAvailable', 'closingAvailable', 'forwardAvailable', 'openingAvailable'],
            balance_type
        ) as available_preference
    from balances
    qualify fetched_at = max(fetched_at) over (partition by account_id)
),

booked as (
    select *
    from ranked_balances
    where booked_preference is not null
    qualify row_number() over (
        partition by account_id
        order by booked_preference, reference_date desc nulls last, currency, amount_minor
    ) = 1
),

available as (
    select *
    from ranked_balances
    where available_preference is not null
    qualify row_number() over (
        partition by account_id
        order by available_preference, reference_date desc nulls last, currency, amount_minor
    ) = 1
),

final as (
    select
        known.account_id,
        accounts.connection_id,
        coalesce(accounts.name, 'Account') as name,
        coalesce(accounts.kind, 'other') as kind,
        coalesce(accounts.currency, spans.currency, booked.currency, available.currency) as currency,
        accounts.iban_masked,
        accounts.institution_id,
        accounts.institution_name,
        accounts.institution_logo,
        coalesce(accounts.demo, false) as demo,
        -- demo accounts leave all totals as soon as a real account is there
        not coalesce(accounts.demo, false) or bool_and(coalesce(accounts.demo, false)) over () as counted,
        spans.first_date,
        spans.last_date,
        greatest(spans.last_date, stated.last_stated_date) as known_to,
        booked.amount_minor as booked_minor,
        booked.currency as booked_currency,
        available.amount_minor as available_minor,
        available.currency as available_currency,
        coalesce(booked.fetched_at, available.fetched_at) as balances_as_of
    from known
    left join accounts using (account_id)
    left join spans using (account_id)
    left join stated using (account_id)
    left join booked using (account_id)
    left join available using (account_id)
    order by known.account_id
)

select * from final
