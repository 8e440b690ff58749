-- grain: one row per account and day, from its first row or statement to its last: the booked balance at the end of the day
-- Derived from the newest stated balance and the movements between; `bank` where the bank stated just this figure for
-- the day, or stated it as the day's closing balance. Computed when read, since a new statement moves every day before it.

with

statements as (select * from "mart"."main"."int_stated_balances"),

movements as (select * from "mart"."main"."int_movements_daily"),

anchors as (select * from "mart"."main"."int_balance_anchors"),

days as (
    select
        account_id,
        currency,
        anchor_minor,
        anchor_date,
        cast(unnest(generate_series(first_date, last_date, interval 1 day)) as date) as date
    from anchors
),

running as (
    select
        days.account_id,
        days.currency,
        days.date,
        days.anchor_minor,
        days.anchor_date,
        sum(coalesce(movements.booked_minor, 0)) over (
            partition by days.account_id order by days.date
        ) as moved_minor
    from days
    left join movements using (account_id, currency, date)
),

derived as (
    select
        account_id,
        currency,
        date,
        anchor_minor + moved_minor
        - max(moved_minor) filter (where date = anchor_date) over (partition by account_id) as derived_minor
    from running
),

final as (
    select
        derived.account_id,
        derived.date,
        derived.currency,
        cast(
            case when statements.is_closing then statements.amount_minor else derived.derived_minor end as bigint
        ) as booked_minor,
        case
            when statements.is_closing or statements.amount_minor = derived.derived_minor then 'bank'
            else 'derived'
        end as source
    from derived
    left join statements using (account_id, currency, date)
)

select * from final
