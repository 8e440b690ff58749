-- The monthly marts say what the entries say: spending = the entries of its kind, in + out = all that are no transfer.
with

entries as (
    select
        month,
        account_id,
        currency,
        coalesce(sum(amount_minor) filter (where kind != 'transfer'), 0) as flow_minor,
        -coalesce(sum(amount_minor) filter (where kind = 'spending'), 0) as spent_minor
    from {{ ref('fct_entries') }}
    group by all
),

cash_flow as (
    select
        month,
        account_id,
        currency,
        sum(in_minor + out_minor) as flow_minor
    from {{ ref('fct_cash_flow_monthly') }}
    group by all
),

spending as (
    select
        month,
        account_id,
        currency,
        sum(spent_minor) as spent_minor
    from {{ ref('fct_spending_monthly') }}
    group by all
)

select *
from entries
full join cash_flow using (month, account_id, currency)
full join spending using (month, account_id, currency)
where
    coalesce(entries.flow_minor, 0) != coalesce(cash_flow.flow_minor, 0)
    or coalesce(entries.spent_minor, 0) != coalesce(spending.spent_minor, 0)
