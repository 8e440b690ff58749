-- grain: one row per account, currency, balance kind and interval between two statements of that balance
-- proof: a stated balance less everything known as booked when it was stated is constant; where it moves, rows are missing,
--        doubled or changed within that interval
-- Rows and balances are two calls. Where a balance was ahead of the rows (or behind) and a later interval makes up for it
-- with rows that come to just that amount, both are verified, and say that something was booked late.
{{ config(materialized='view') }}
with

intervals as (
    select *
    from {{ ref('int_balance_intervals') }}
    where interval_no > 1
),

movements as (select * from {{ ref('int_interval_movements') }}),

pending as (
    select
        account_id,
        currency,
        amount_minor
    from {{ ref('fct_transactions') }}
    where status = 'pending'
),

sums as (
    select
        account_id,
        currency,
        balance_kind,
        interval_no,
        sum(amount_minor * transaction_rows) as movements_minor,
        sum(transaction_rows) as movement_rows
    from movements
    group by all
),

compared as (
    select
        intervals.*,
        cast(coalesce(sums.movements_minor, 0) as bigint) as movements_minor,
        cast(coalesce(sums.movement_rows, 0) as bigint) as movement_rows,
        cast(
            intervals.closing_minor - intervals.opening_minor - coalesce(sums.movements_minor, 0) as bigint
        ) as difference_minor
    from intervals
    left join sums using (account_id, currency, balance_kind, interval_no)
),

unequal as (select * from compared where difference_minor != 0),

unequal_days as (
    select
        unequal.account_id,
        unequal.currency,
        unequal.balance_kind,
        unequal.interval_no,
        movements.date,
        sum(movements.amount_minor * movements.transaction_rows) as day_minor,
        coalesce(
            sum(movements.amount_minor * movements.transaction_rows)
                filter (where movements.known_at > unequal.to_fetched_at),
            0
        ) as known_after_minor,
        list(distinct movements.amount_minor) as amounts
    from unequal
    join movements using (account_id, currency, balance_kind, interval_no)
    group by all
),

-- what some rows of an interval come to: its first days, its last days, those known after its balance, or one row
parts as (
    select
        account_id,
        currency,
        balance_kind,
        interval_no,
        unnest(
            list_concat(
                amounts,
                [
                    sum(day_minor) over (by_interval order by date),
                    sum(day_minor) over (by_interval order by date desc),
                    sum(known_after_minor) over by_interval
                ]
            )
        ) as part_minor
    from unequal_days
    window by_interval as (partition by account_id, currency, balance_kind, interval_no)
),

-- the balance was ahead and its rows came later, or the rows were ahead and the balance came later
made_up as (
    select
        earlier.account_id,
        earlier.currency,
        earlier.balance_kind,
        earlier.interval_no as earlier_no,
        later.interval_no as later_no
    from unequal as earlier
    join unequal as later on
        later.account_id = earlier.account_id
        and later.currency = earlier.currency
        and later.balance_kind = earlier.balance_kind
        and later.difference_minor = -earlier.difference_minor
        and later.interval_no > earlier.interval_no
        and later.to_date <= earlier.to_date + 14
    where
        exists (
            select 1
            from parts
            where
                parts.account_id = earlier.account_id
                and parts.currency = earlier.currency
                and parts.balance_kind = earlier.balance_kind
                and parts.interval_no = later.interval_no
                and parts.part_minor = earlier.difference_minor
        )
        or exists (
            select 1
            from parts
            where
                parts.account_id = earlier.account_id
                and parts.currency = earlier.currency
                and parts.balance_kind = earlier.balance_kind
                and parts.interval_no = earlier.interval_no
                and parts.part_minor = later.difference_minor
        )
    qualify
        row_number() over (
            partition by earlier.account_id, earlier.currency, earlier.balance_kind, earlier.interval_no
            order by later.interval_no
        ) = 1
        and row_number() over (
            partition by earlier.account_id, earlier.currency, earlier.balance_kind, later.interval_no
            order by earlier.interval_no desc
        ) = 1
),

booked_late as (
    select
        account_id,
        currency,
        balance_kind,
        unnest([earlier_no, later_no]) as interval_no
    from made_up
),

-- the newest balance may be ahead of a row that is still pending: the next fetch tells
awaited as (
    select distinct
        unequal.account_id,
        unequal.currency,
        unequal.balance_kind,
        unequal.interval_no
    from unequal
    join pending on
        pending.account_id = unequal.account_id
        and pending.currency = unequal.currency
        and pending.amount_minor = unequal.difference_minor
    where unequal.is_last
),

-- what is available leaves out what is pending: where a bank shows pending rows, such a balance proves equality only
with_pending as (
    select distinct
        account_id,
        currency
    from pending
),

judged as (
    select
        compared.*,
        case
            when compared.difference_minor = 0 or booked_late.interval_no is not null then 'verified'
            when awaited.interval_no is not null then 'unverified'
            when compared.balance_kind not in ('interim', 'closing') and with_pending.account_id is not null
                then 'unverified'
            else 'gap'
        end as status,
        case
            when compared.difference_minor = 0 then null
            when booked_late.interval_no is not null then 'booked_late'
            when awaited.interval_no is not null then 'balance_ahead'
            when compared.balance_kind not in ('interim', 'closing') and with_pending.account_id is not null
                then 'pending_included'
        end as reason
    from compared
    left join booked_late using (account_id, currency, balance_kind, interval_no)
    left join awaited using (account_id, currency, balance_kind, interval_no)
    left join with_pending using (account_id, currency)
),

gaps as (select * from judged where status = 'gap'),

-- a gap that a shorter interval of another balance finds as well is there, and nowhere else
narrowed as (
    select distinct
        wide.account_id,
        wide.currency,
        wide.balance_kind,
        wide.interval_no
    from gaps as wide
    join gaps as narrow on
        narrow.account_id = wide.account_id
        and narrow.currency = wide.currency
        and narrow.balance_kind != wide.balance_kind
        and narrow.difference_minor = wide.difference_minor
        and narrow.from_at < wide.to_at
        and narrow.to_at > wide.from_at
        and (
            narrow.to_at - narrow.from_at < wide.to_at - wide.from_at
            or (narrow.to_at - narrow.from_at = wide.to_at - wide.from_at and narrow.balance_kind = 'closing')
        )
),

final as (
    select
        judged.account_id,
        judged.currency,
        judged.balance_kind,
        judged.interval_no,
        judged.from_date,
        judged.to_date,
        judged.from_at,
        judged.to_at,
        judged.from_fetched_at,
        judged.to_fetched_at,
        judged.opening_minor,
        judged.movements_minor,
        judged.movement_rows,
        judged.closing_minor,
        judged.difference_minor,
        judged.status,
        case when narrowed.interval_no is not null then 'narrowed' else judged.reason end as reason,
        judged.is_last
    from judged
    left join narrowed using (account_id, currency, balance_kind, interval_no)
)

select * from final
