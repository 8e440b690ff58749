-- grain: one row per leg of a transfer between two own accounts
-- Equal and opposite booked amounts of one currency in two accounts are one transfer, each leg used once, the nearest day
-- first. Legs are paired in rounds, k-th out with k-th in of the same amount; the same day is tried twice, the second time
-- from the other end, for the legs that met one of their own account. A demo account never pairs with a real one.
{{ config(meta={'refresh': 'months'}) }}
{%- set rounds = [
    {'days': 0, 'first': 'desc'},
    {'days': 0, 'first': 'asc'},
    {'days': 1, 'first': 'desc'},
    {'days': -1, 'first': 'desc'},
    {'days': 2, 'first': 'desc'},
    {'days': -2, 'first': 'desc'},
    {'days': 3, 'first': 'desc'},
    {'days': -3, 'first': 'desc'},
] %}
with

decisions as (select * from {{ ref('stg_decisions') }}),

accounts as (select * from {{ ref('stg_accounts') }}),

legs as (
    select
        decisions.transaction_id,
        decisions.account_id,
        decisions.date,
        decisions.amount_minor < 0 as is_out,
        abs(decisions.amount_minor) as magnitude,
        decisions.currency,
        coalesce(accounts.demo, false) as demo
    from decisions
    left join accounts using (account_id)
    where
        decisions.status = 'booked'
        and decisions.amount_minor != 0
),

-- amounts that went out of one account and into another one, whenever
both_ways as (
    select
        magnitude,
        currency,
        demo
    from legs
    group by all
    having
        bool_or(is_out)
        and bool_or(not is_out)
        and min(account_id) != max(account_id)
),

possible as (
    select legs.*
    from legs
    semi join both_ways using (magnitude, currency, demo)
),

-- what the other leg would have to be, on which days
wanted as (
    select distinct
        not is_out as is_out,
        magnitude,
        currency,
        demo,
        unnest([date - 3, date - 2, date - 1, date, date + 1, date + 2, date + 3]) as date
    from possible
),

left_0 as (
    select possible.*
    from possible
    semi join wanted using (is_out, magnitude, currency, demo, date)
),
{% for round in rounds %}
{%- set left = 'left_' ~ loop.index0 %}
outs_{{ loop.index }} as (
    select
        *,
        row_number() over (
            partition by magnitude, currency, demo, date order by account_id, transaction_id
        ) as place
    from {{ left }}
    where is_out
),

ins_{{ loop.index }} as (
    select
        *,
        row_number() over (
            partition by magnitude, currency, demo, date order by account_id {{ round.first }}, transaction_id
        ) as place
    from {{ left }}
    where not is_out
),

pairs_{{ loop.index }} as (
    select
        outs.transaction_id as out_id,
        outs.account_id as out_account_id,
        outs.date as out_date,
        ins.transaction_id as in_id,
        ins.account_id as in_account_id,
        ins.date as in_date
    from outs_{{ loop.index }} as outs
    join ins_{{ loop.index }} as ins
        on ins.magnitude = outs.magnitude
        and ins.currency = outs.currency
        and ins.demo = outs.demo
        and ins.date = outs.date + {{ round.days }}
        and ins.place = outs.place
        and ins.account_id != outs.account_id
),
{% if not loop.last %}
left_{{ loop.index }} as (
    select *
    from {{ left }}
    where transaction_id not in (select unnest([out_id, in_id]) from pairs_{{ loop.index }})
),
{% endif %}
{%- endfor %}
pairs as (
{%- for round in rounds %}
    select * from pairs_{{ loop.index }}
    {%- if not loop.last %}
    union all
    {%- endif %}
{%- endfor %}
),

both_legs as (
    select
        out_id as transaction_id,
        out_id as transfer_id,
        out_date as date,
        out_account_id as account_id,
        in_account_id as other_account_id
    from pairs
    union all
    select
        in_id as transaction_id,
        out_id as transfer_id,
        in_date as date,
        in_account_id as account_id,
        out_account_id as other_account_id
    from pairs
),

final as (
    select
        transaction_id,
        transfer_id,
        cast(date_trunc('month', date) as date) as month,
        date,
        account_id,
        other_account_id
    from both_legs
    where {{ in_touched_months('date') }}
)

select * from final
