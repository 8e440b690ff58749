-- Two ways to one figure: from month openings, and from the balances of each day.
with

daily as (
    select
        cast(date_trunc('month', date) as date) as month,
        currency,
        assets_minor,
        liabilities_minor,
        accounts
    from {{ ref('fct_net_worth_daily') }}
    qualify
        date = max(date) over (partition by date_trunc('month', date))
),

monthly as (select * from {{ ref('fct_net_worth_monthly') }})

(select * from daily except select * from monthly)
union all
(select * from monthly except select * from daily)
