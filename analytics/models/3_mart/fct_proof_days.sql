-- grain: one row per account and day, from its first row or statement to its last: whether the day is proven
-- A day belongs to the intervals that end on it or span it; a gap that another balance narrows leaves the other days proven.
{{ config(materialized='view') }}
with

accounts as (select * from {{ ref('fct_account_proof') }}),

proof as (select * from {{ ref('fct_balance_proof') }}),

spans as (
    select
        accounts.account_id,
        accounts.reason,
        accounts.first_stated_date,
        accounts.last_stated_date,
        least(dim_accounts.first_date, accounts.first_stated_date) as first_date,
        greatest(dim_accounts.last_date, accounts.last_stated_date) as last_date
    from accounts
    join {{ ref('dim_accounts') }} as dim_accounts using (account_id)
),

days as (
    select
        account_id,
        reason,
        first_stated_date,
        last_stated_date,
        cast(unnest(generate_series(first_date, last_date, interval 1 day)) as date) as date
    from spans
    where first_date is not null
),

covered as (
    select
        account_id,
        status,
        reason,
        difference_minor,
        cast(unnest(generate_series(least(from_date + 1, to_date), to_date, interval 1 day)) as date) as date
    from proof
),

judged as (
    select
        account_id,
        date,
        bool_or(status = 'gap' and reason is distinct from 'narrowed') as has_gap,
        bool_or(status = 'verified' or reason = 'narrowed') as is_verified,
        max(reason) filter (where status = 'unverified') as reason
    from covered
    group by account_id, date
),

final as (
    select
        days.account_id,
        days.date,
        case
            when judged.has_gap then 'gap'
            when judged.is_verified then 'verified'
            else 'unverified'
        end as status,
        case
            when judged.has_gap or judged.is_verified then null
            when judged.reason is not null then judged.reason
            when days.first_stated_date is null then days.reason
            when days.date <= days.first_stated_date then 'before_first_balance'
            else 'after_last_balance'
        end as reason
    from days
    left join judged using (account_id, date)
)

select * from final
