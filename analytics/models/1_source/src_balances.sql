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
from {{ source('lake', 'balances') }}
