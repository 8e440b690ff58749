-- Income + spending + transfers = what was booked, by account, currency and month: nothing is left out or counted twice.
with

by_kind as (
    select
        month,
        account_id,
        currency,
        sum(amount_minor) filter (where kind = 'income') as income_minor,
        sum(amount_minor) filter (where kind = 'spending') as spending_minor,
        sum(amount_minor) filter (where kind = 'transfer') as transfer_minor
    from {{ ref('fct_entries') }}
    group by all
),

moved as (
    select
        month,
        account_id,
        currency,
        sum(booked_minor) as moved_minor
    from {{ ref('int_movements_daily') }}
    where booked_rows > 0
    group by all
)

select *
from moved
full join by_kind using (month, account_id, currency)
where
    moved_minor is distinct from
    coalesce(income_minor, 0) + coalesce(spending_minor, 0) + coalesce(transfer_minor, 0)
