-- grain: one row per series of payments that come back, with what is to be expected of it
-- As of the last day that is known of its account, never of today: an account that was not fetched has nothing overdue.

with

series as (select * from "mart"."main"."int_recurring_series"),

accounts as (
    select
        account_id,
        known_to,
        counted
    from "mart"."main"."dim_accounts"
),

stepped as (
    select
        series.*,
        accounts.known_to,
        accounts.counted,
        case
            when step_months = 0 then last_date + step_days
            else least(
                cast(date_trunc('month', last_date) + to_months(step_months) as date) + (usual_day - 1),
                last_day(cast(date_trunc('month', last_date) + to_months(step_months) as date))
            )
        end as next_step,
        case when step_months = 0 then step_days else step_months * 30 end as interval_days
    from series
    join accounts using (account_id)
),

-- one that came days before its usual day, at the end of the month before
expected as (
    select
        *,
        case
            when step_months > 0 and next_step - last_date < interval_days / 2
                then least(
                    cast(date_trunc('month', next_step) + interval 1 month as date) + (usual_day - 1),
                    last_day(cast(date_trunc('month', next_step) + interval 1 month as date))
                )
            else next_step
        end as next_date
    from stepped
),

final as (
    select
        recurring_id,
        account_id,
        counted,
        merchant,
        currency,
        is_in,
        only_amount_minor,
        interval_name as interval,
        payments,
        first_date,
        last_date,
        amount_minor,
        least_minor,
        greatest_minor,
        spread,
        price_changes,
        next_date,
        case
            when known_to <= next_date + 5 then 'active'
            when known_to - last_date <= greatest(longest_gap, interval_days) + interval_days / 2 then 'late'
            else 'ended'
        end as status
    from expected
)

select * from final
