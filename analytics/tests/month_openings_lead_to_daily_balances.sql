-- A month's opening and its movements lead to the derived balance of each of its days.
with

openings as (select * from {{ ref('int_month_openings') }}),

balances as (select * from {{ ref('fct_balances_daily') }}),

movements as (select * from {{ ref('int_movements_daily') }}),

derived as (
    select
        balances.account_id,
        balances.date,
        balances.booked_minor,
        openings.opening_minor + sum(coalesce(movements.booked_minor, 0)) over (
            partition by balances.account_id, openings.month
            order by balances.date
        ) as derived_minor,
        balances.source
    from balances
    join openings
        on openings.account_id = balances.account_id
        and openings.month = date_trunc('month', balances.date)
    left join movements
        on movements.account_id = balances.account_id
        and movements.currency = balances.currency
        and movements.date = balances.date
)

select *
from derived
where
    source = 'derived'
    and booked_minor != derived_minor
