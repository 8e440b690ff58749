-- grain: one row per account: how far its figures are proven, and if they are not, why

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
), accounts as (select * from "mart"."main"."dim_accounts"),

proof as (select * from "mart"."main"."fct_balance_proof"),

statements as (select * from "mart"."main"."int_balance_intervals"),

stated as (select * from __dbt__cte__stg_balances),

movements as (select * from "mart"."main"."int_booked_movements"),

statement_days as (
    select
        account_id,
        min(to_date) as first_stated_date,
        max(to_date) as last_stated_date
    from statements
    group by account_id
),

gaps as (
    select
        account_id,
        cast(count(*) as integer) as gaps,
        min(from_date) as first_gap_date
    from proof
    where
        status = 'gap'
        and reason is distinct from 'narrowed'
    group by account_id
),

verified as (
    select
        proof.account_id,
        min(proof.from_date) as verified_from,
        max(proof.to_date) as verified_to
    from proof
    left join gaps using (account_id)
    where
        proof.status = 'verified'
        and (gaps.first_gap_date is null or proof.to_date <= gaps.first_gap_date)
    group by proof.account_id
),

said as (
    select
        account_id,
        count(*) > 0 as has_balance,
        bool_or(credit_limit_included) as has_limit
    from stated
    group by account_id
),

sources as (
    select
        account_id,
        bool_and(from_file) as only_files
    from movements
    group by account_id
),

unsettled as (
    select
        account_id,
        arg_max(reason, to_at) as reason
    from proof
    where status = 'unverified'
    group by account_id
),

final as (
    select
        accounts.account_id,
        case
            when gaps.gaps is not null then 'gap'
            when verified.verified_to is not null then 'verified'
            else 'unverified'
        end as status,
        verified.verified_from,
        verified.verified_to,
        case
            when gaps.gaps is not null or verified.verified_to is not null then null
            when unsettled.reason is not null then unsettled.reason
            when statement_days.first_stated_date is not null then 'one_balance'
            when said.has_limit then 'credit_limit_included'
            when said.has_balance then 'no_booked_balance'
            when sources.only_files then 'file_without_balance'
            else 'no_balance'
        end as reason,
        coalesce(gaps.gaps, 0) as gaps,
        statement_days.first_stated_date,
        statement_days.last_stated_date
    from accounts
    left join gaps using (account_id)
    left join verified using (account_id)
    left join unsettled using (account_id)
    left join statement_days using (account_id)
    left join said using (account_id)
    left join sources using (account_id)
)

select * from final
