-- grain: one row per account, fetch and balance type (and reference day, where a bank states one type for several)
with

balances as (select * from {{ ref('src_balances') }}),

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
