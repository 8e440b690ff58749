-- grain: one row per series of payments that come back: account, merchant, currency and direction (and amount, where only one
-- of a merchant's amounts comes back)
-- A series is regular where three in four gaps between its days fit one interval and its amounts stay near each other. What a
-- merchant is paid too often to be regular is left aside before days are compared. Nothing here depends on other merchants or
-- on what day it is, so a refresh writes those anew whose rows changed.
{{ config(meta={'refresh': 'merchants'}) }}
{%- set look_back_days = 200 %}
with

-- read twice rather than kept: how far back differs, and most merchants are read as a whole or not at all
transactions as not materialized (
    select *
    from {{ ref('fct_transactions') }}
    where
        status = 'booked'
        and category != 'transfer'
        and amount_minor != 0
),

merchant_months as (
    select *
    from {{ ref('int_merchant_months') }}
    where
        {{ touched('account_id', 'account_id') }}
        and {{ touched('merchant', 'merchant') }}
),

merchants as (
    select
        account_id,
        merchant,
        currency,
        is_in,
        max(last_date) as newest_date,
        max(last_date) - min(first_date) >= (sum(payments) - 1) * 6 as is_seldom
    from merchant_months
    group by all
    having sum(payments) >= 3
),

intervals as (
    select *
    from (
        values
        -- name, gaps that fit, how many payments it takes, how far amounts may spread, months and days to the next
        ('weekly', 6, 8, 5, 0.25, 0, 7),
        ('fortnightly', 12, 16, 4, 0.25, 0, 14),
        ('four_weekly', 27, 29, 4, 0.5, 0, 28),
        ('monthly', 25, 36, 3, 0.5, 1, 0),
        ('quarterly', 83, 99, 3, 0.5, 3, 0),
        ('half_yearly', 174, 191, 3, 0.5, 6, 0),
        ('yearly', 350, 381, 3, 0.5, 12, 0)
    ) as intervals (interval_name, least_gap, greatest_gap, least_payments, greatest_spread, step_months, step_days)
),

-- a merchant that is paid seldom enough, as a whole
whole as (
    select
        transactions.account_id,
        transactions.merchant,
        transactions.currency,
        merchants.is_in,
        cast(null as bigint) as only_amount_minor,
        transactions.date,
        transactions.amount_minor
    from transactions
    join merchants
        on merchants.account_id = transactions.account_id
        and merchants.merchant = transactions.merchant
        and merchants.currency = transactions.currency
        and merchants.is_in = (transactions.amount_minor > 0)
    where merchants.is_seldom
),

recent as (
    select
        transactions.account_id,
        transactions.merchant,
        transactions.currency,
        merchants.is_in,
        transactions.amount_minor as only_amount_minor,
        transactions.date,
        transactions.amount_minor
    from transactions
    join merchants
        on merchants.account_id = transactions.account_id
        and merchants.merchant = transactions.merchant
        and merchants.currency = transactions.currency
        and merchants.is_in = (transactions.amount_minor > 0)
    where
        transactions.date >= merchants.newest_date - {{ look_back_days }}
        -- lets the scan skip what lies before all of them
        and transactions.date >= (select min(newest_date) - {{ look_back_days }} from merchants)
),

-- and any amount of the last months that came back seldom enough
single as (
    select *
    from recent
    semi join (
        select
            account_id,
            merchant,
            currency,
            only_amount_minor
        from recent
        group by all
        having
            count(*) >= 3
            and max(date) - min(date) >= (count(*) - 1) * 6
    ) as amounts using (account_id, merchant, currency, only_amount_minor)
),

payments as (
    select * from whole
    union all
    select * from single
),

ordered as (
    select
        *,
        date - lag(date) over series as gap,
        lag(amount_minor) over series as amount_before_minor
    from payments
    window series as (
        partition by account_id, merchant, currency, is_in, only_amount_minor
        order by date, amount_minor
    )
),

measured as (
    select
        account_id,
        merchant,
        currency,
        is_in,
        only_amount_minor,
        count(*) as payments,
        min(date) as first_date,
        max(date) as last_date,
        list(gap order by date, amount_minor) filter (where gap is not null) as gaps,
        median(gap) as middle_gap,
        (max(date) - min(date)) / (count(*) - 1) as mean_gap,
        max(gap) as longest_gap,
        arg_max(amount_minor, struct_pack(date := date, amount_minor := amount_minor)) as amount_minor,
        min(amount_minor) as least_minor,
        max(amount_minor) as greatest_minor,
        stddev_pop(amount_minor) / abs(avg(amount_minor)) as spread,
        count(*) filter (where amount_minor = amount_before_minor) / (count(*) - 1) as unchanged_share,
        cast(round(median(day(date))) as integer) as usual_day,
        list(
            struct_pack(date := date, from_minor := amount_before_minor, to_minor := amount_minor)
            order by date, amount_minor
        ) filter (where amount_minor != amount_before_minor) as steps
    from ordered
    group by all
),

fitting as (
    select
        measured.*,
        intervals.*
    from measured
    join intervals
        on measured.payments >= intervals.least_payments
        and measured.middle_gap between intervals.least_gap and intervals.greatest_gap
        and measured.spread <= intervals.greatest_spread
        and (intervals.interval_name != 'four_weekly' or measured.mean_gap between 27.5 and 28.5)
        and 4 * len(list_filter(gaps, lambda gap: gap between intervals.least_gap and intervals.greatest_gap))
        >= 3 * len(gaps)
    qualify row_number() over (
        partition by account_id, merchant, currency, is_in, only_amount_minor
        order by intervals.greatest_gap - intervals.least_gap, intervals.least_gap
    ) = 1
),

-- one amount is a series of its own only where the merchant as a whole is none
chosen as (
    select *
    from fitting
    qualify
        only_amount_minor is null
        or count(*) filter (where only_amount_minor is null) over (
            partition by account_id, merchant, currency, is_in
        ) = 0
),

final as (
    select
        cast(
            md5(concat_ws('|', account_id, merchant, currency, is_in, coalesce(only_amount_minor, 0))) as uuid
        ) as recurring_id,
        account_id,
        merchant,
        currency,
        is_in,
        only_amount_minor,
        interval_name,
        step_months,
        step_days,
        usual_day,
        cast(payments as integer) as payments,
        first_date,
        last_date,
        cast(longest_gap as integer) as longest_gap,
        amount_minor,
        least_minor,
        greatest_minor,
        cast(round(spread, 4) as decimal(9, 4)) as spread,
        -- where amounts differ from one payment to the next, no price has changed
        case when unchanged_share >= 0.5 then coalesce(steps, []) else [] end as price_changes
    from chosen
    order by merchant, recurring_id
)

select * from final
