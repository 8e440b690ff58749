-- grain: one row per account, currency, balance kind and statement, with the statement before it, if there is one

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
),  __dbt__cte__stg_booked_balances as (
-- grain: one row per account, currency, kind of balance and statement: what a bank said of the booked balance, and of when
-- A balance that holds a credit limit is no ledger balance. Closing balances are of the end of a day, an opening one of the
-- end of the day before; the others of the moment of the fetch. Where a bank states neither an interim nor a closing
-- balance, the best of `expected`, `interimAvailable` and `information` stands in.
with

balances as (select * from __dbt__cte__stg_balances),

accounts as (select * from __dbt__cte__stg_accounts),

typed as (
    select
        balances.account_id,
        balances.currency,
        balances.amount_minor,
        balances.reference_date,
        balances.fetched_at,
        balances.bank_now,
        coalesce(accounts.time_zone, 'UTC') as time_zone,
        case
            when balances.balance_type = 'interimBooked' then 'interim'
            when balances.balance_type = 'interimAvailable' then 'available'
            when balances.balance_type in ('expected', 'information') then balances.balance_type
            when balances.reference_date is null then null
            when balances.balance_type in ('closingBooked', 'previouslyClosedBooked', 'openingBooked') then 'closing'
        end as balance_kind,
        balances.balance_type = 'openingBooked' as is_opening
    from balances
    left join accounts using (account_id)
    where not balances.credit_limit_included
),

ranked as (
    select
        *,
        coalesce(list_position(['expected', 'available', 'information'], balance_kind), 0) as preference
    from typed
    where balance_kind is not null
),

preferred as (
    select *
    from ranked
    qualify preference = min(preference) over (partition by account_id, currency)
),

placed as (
    select
        account_id,
        currency,
        balance_kind,
        case
            when balance_kind != 'closing' then cast(timezone(time_zone, bank_now) as date)
            when is_opening then reference_date - 1
            else reference_date
        end as stated_date,
        time_zone,
        bank_now,
        fetched_at,
        amount_minor,
        reference_date,
        is_opening
    from preferred
),

final as (
    select
        account_id,
        currency,
        balance_kind,
        stated_date,
        case
            when balance_kind = 'closing' then timezone(time_zone, cast(stated_date + 1 as timestamp))
            else bank_now
        end as stated_at,
        fetched_at,
        amount_minor as balance_minor
    from placed
    qualify row_number() over (
        partition by
            account_id, currency, balance_kind,
            case when balance_kind = 'closing' then cast(stated_date as timestamptz) else fetched_at end
        order by fetched_at desc, is_opening, reference_date desc nulls last, amount_minor
    ) = 1
)

select * from final
), statements as (select * from __dbt__cte__stg_booked_balances),

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
