-- Opening + movements = closing, day by day, wherever both days are derived from one statement.
with

days as (
    select
        *,
        lag(booked_minor) over (partition by account_id order by date) as opening_minor,
        lag(source) over (partition by account_id order by date) as opening_source
    from {{ ref('fct_balances_daily') }}
),

movements as (select * from {{ ref('int_movements_daily') }})

select
    days.account_id,
    days.date
from days
left join movements using (account_id, currency, date)
where
    days.source = 'derived'
    and days.opening_source = 'derived'
    and days.opening_minor + coalesce(movements.booked_minor, 0) != days.booked_minor
