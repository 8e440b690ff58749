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

unequal_rows as (
    select
        unequal.account_id,
        unequal.currency,
        unequal.balance_kind,
        unequal.interval_no,
        movements.date,
        movements.known_at > unequal.to_fetched_at as is_known_after,
        unnest(list_resize([movements.amount_minor], movements.transaction_rows, movements.amount_minor)) as amount_minor
    from unequal
    join movements using (account_id, currency, balance_kind, interval_no)
),

unequal_days as (
    select
        account_id,
        currency,
        balance_kind,
        interval_no,
        date,
        sum(amount_minor) as day_minor,
        coalesce(sum(amount_minor) filter (where is_known_after), 0) as known_after_minor
    from unequal_rows
    group by all
),

-- an interval's first days, as far as each of its days
first_days as (
    select
        account_id,
        currency,
        balance_kind,
        interval_no,
        date as until_date,
        sum(day_minor) over (
            partition by account_id, currency, balance_kind, interval_no
            order by date
        ) as part_minor
    from unequal_days
),

-- what any of up to eight rows come to
few_rows as (
    select
        account_id,
        currency,
        balance_kind,
        interval_no,
        list(amount_minor) as amounts
    from unequal_rows
    group by all
    having count(*) <= 8
),

-- what some rows of an interval come to: any of a few; of many one, the first days, the last days, those known after
parts as (
    select
        account_id,
        currency,
        balance_kind,
        interval_no,
        unnest(
            list_transform(
                range(1, 1 << len(amounts)),
                chosen -> list_sum([amount for amount, place in amounts if (chosen >> (place - 1)) & 1 = 1])
            )
        ) as part_minor
    from few_rows
    union
    select
        account_id,
        currency,
        balance_kind,
        interval_no,
        amount_minor
    from unequal_rows
    union
    select
        account_id,
        currency,
        balance_kind,
        interval_no,
        part_minor
    from first_days
    union
    select
        account_id,
        currency,
        balance_kind,
        interval_no,
        unnest([
            sum(day_minor) over (by_interval order by date desc),
            sum(known_after_minor) over by_interval
        ])
    from unequal_days
    window by_interval as (partition by account_id, currency, balance_kind, interval_no)
),

-- the balance was ahead of all that the next interval brings of its days: what that is off by belongs to the earlier one
ahead as (
    select distinct
        earlier.account_id,
        earlier.currency,
        earlier.balance_kind,
        earlier.interval_no as earlier_no,
        later.interval_no as later_no,
        later.to_fetched_at as late_fetched_at,
        later.difference_minor
    from unequal as earlier
    join unequal as later on
        later.account_id = earlier.account_id
        and later.currency = earlier.currency
        and later.balance_kind = earlier.balance_kind
        and later.interval_no = earlier.interval_no + 1
    join first_days on
        first_days.account_id = later.account_id
        and first_days.currency = later.currency
        and first_days.balance_kind = later.balance_kind
        and first_days.interval_no = later.interval_no
        and first_days.until_date <= earlier.to_date
        and first_days.part_minor = -later.difference_minor
    -- what just undoes the interval before it was ahead of nothing: it would be off by that as well
    where
        not exists (
            select 1
            from unequal as before
            where
                before.account_id = earlier.account_id
                and before.currency = earlier.currency
                and before.balance_kind = earlier.balance_kind
                and before.interval_no = earlier.interval_no - 1
                and before.difference_minor = -earlier.difference_minor
        )
),

left_over as (
    select
        unequal.account_id,
        unequal.currency,
        unequal.balance_kind,
        unequal.interval_no,
        unequal.to_date,
        received.late_fetched_at,
        case when given.later_no is null then unequal.difference_minor else 0 end
        + coalesce(received.difference_minor, 0) as left_minor
    from unequal
    left join ahead as given on
        given.account_id = unequal.account_id
        and given.currency = unequal.currency
        and given.balance_kind = unequal.balance_kind
        and given.later_no = unequal.interval_no
    left join ahead as received on
        received.account_id = unequal.account_id
        and received.currency = unequal.currency
        and received.balance_kind = unequal.balance_kind
        and received.earlier_no = unequal.interval_no
),

-- the balance was ahead and its rows came later, or the rows were ahead and the balance came later
opposites as (
    select
        earlier.account_id,
        earlier.currency,
        earlier.balance_kind,
        earlier.interval_no as earlier_no,
        later.interval_no as later_no
    from left_over as earlier
    join left_over as later on
        later.account_id = earlier.account_id
        and later.currency = earlier.currency
        and later.balance_kind = earlier.balance_kind
        and later.left_minor = -earlier.left_minor
        and later.interval_no > earlier.interval_no
        and later.to_date <= earlier.to_date + 7
    where
        earlier.left_minor != 0
        and (
            exists (
                select 1
                from parts
                where
                    parts.account_id = earlier.account_id
                    and parts.currency = earlier.currency
                    and parts.balance_kind = earlier.balance_kind
                    and parts.interval_no = later.interval_no
                    and parts.part_minor = earlier.left_minor
            )
            or exists (
                select 1
                from parts
                where
                    parts.account_id = earlier.account_id
                    and parts.currency = earlier.currency
                    and parts.balance_kind = earlier.balance_kind
                    and parts.interval_no = earlier.interval_no
                    and parts.part_minor = later.left_minor
            )
        )
),

opposite_of as (
    select
        account_id,
        currency,
        balance_kind,
        unnest([earlier_no, later_no]) as interval_no,
        unnest([later_no, earlier_no]) as other_no
    from opposites
),

-- equal amounts come again: an interval makes up for the one nearest to it alone
nearest as (
    select *
    from opposite_of
    qualify row_number() over (
        partition by account_id, currency, balance_kind, interval_no
        order by abs(other_no - interval_no), other_no
    ) = 1
),

made_up as (
    select
        nearest.account_id,
        nearest.currency,
        nearest.balance_kind,
        nearest.interval_no
    from nearest
    join nearest as other on
        other.account_id = nearest.account_id
        and other.currency = nearest.currency
        and other.balance_kind = nearest.balance_kind
        and other.interval_no = nearest.other_no
        and other.other_no = nearest.interval_no
),

settled as (
    select
        left_over.account_id,
        left_over.currency,
        left_over.balance_kind,
        left_over.interval_no,
        left_over.late_fetched_at,
        case when made_up.interval_no is null then left_over.left_minor else 0 end as unexplained_minor
    from left_over
    left join made_up using (account_id, currency, balance_kind, interval_no)
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
        cast(coalesce(settled.unexplained_minor, compared.difference_minor) as bigint) as unexplained_minor,
        settled.late_fetched_at,
        case
            when coalesce(settled.unexplained_minor, compared.difference_minor) = 0 then 'verified'
            when awaited.interval_no is not null then 'unverified'
            when compared.balance_kind not in ('interim', 'closing') and with_pending.account_id is not null
                then 'unverified'
            else 'gap'
        end as status,
        case
            when compared.difference_minor = 0 then null
            when settled.unexplained_minor = 0 then 'booked_late'
            when awaited.interval_no is not null then 'balance_ahead'
            when compared.balance_kind not in ('interim', 'closing') and with_pending.account_id is not null
                then 'pending_included'
        end as reason
    from compared
    left join settled using (account_id, currency, balance_kind, interval_no)
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
        and narrow.unexplained_minor = wide.unexplained_minor
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
        judged.unexplained_minor,
        judged.status,
        case when narrowed.interval_no is not null then 'narrowed' else judged.reason end as reason,
        judged.late_fetched_at,
        judged.is_last
    from judged
    left join narrowed using (account_id, currency, balance_kind, interval_no)
)

select * from final
