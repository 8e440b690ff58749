-- grain: one row per observation: what a bank said in one row of one response
select
    observation_id,
    date,
    value_date,
    amount,
    description,
    counterparty,
    bank_code,
    mcc,
    original_amount_minor,
    original_currency,
    observed_at,
    source
from {{ source('lake', 'observations') }}
