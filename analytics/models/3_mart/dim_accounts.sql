-- grain: one row per own account
{{ config(meta={'refresh': 'whole'}) }}
with

accounts as (select * from {{ ref('stg_accounts') }}),

balances as (select * from {{ ref('stg_balances') }}),

movements as (select * from {{ ref('int_movements_daily') }}),

statements as (select * from {{ ref('int_stated_balances') }}),

stated as (
    select
        account_id,
        max(date) as last_stated_date
    from statements
    group by account_id
),

-- rows may come before the bank's description of their account
known as (
    select account_id from accounts
    union
    select account_id from movements
    union
    select account_id from balances
),

spans as (
    select
        account_id,
        min(date) as first_date,
        max(date) as last_date,
        arg_max(currency, date) as currency
    from movements
    group by account_id
),

ranked_balances as (
    select
        *,
        case
            when not credit_limit_included or balance_type in ('interimBooked', 'closingBooked')
                then list_position(
                    [
                        'interimBooked', 'closingBooked', 'expected', 'interimAvailable', 'information', 'openingBooked',
                        'previouslyClosedBooked'
                    ],
                    balance_type
                )
        end as booked_preference,
        list_position(
            ['interimAvailable', 'closingAvailable', 'forwardAvailable', 'openingAvailable'],
            balance_type
        ) as available_preference
    from balances
    qualify fetched_at = max(fetched_at) over (partition by account_id)
),

booked as (
    select *
    from ranked_balances
    where booked_preference is not null
    qualify row_number() over (
        partition by account_id
        order by booked_preference, reference_date desc nulls last, currency, amount_minor
    ) = 1
),

available as (
    select *
    from ranked_balances
    where available_preference is not null
    qualify row_number() over (
        partition by account_id
        order by available_preference, reference_date desc nulls last, currency, amount_minor
    ) = 1
),

final as (
    select
        known.account_id,
        accounts.connection_id,
        coalesce(accounts.name, 'Account') as name,
        coalesce(accounts.kind, 'other') as kind,
        coalesce(accounts.currency, spans.currency, booked.currency, available.currency) as currency,
        accounts.iban_masked,
        accounts.institution_id,
        accounts.institution_name,
        accounts.institution_logo,
        coalesce(accounts.demo, false) as demo,
        -- demo accounts leave all totals as soon as a real account is there
        not coalesce(accounts.demo, false) or bool_and(coalesce(accounts.demo, false)) over () as counted,
        spans.first_date,
        spans.last_date,
        greatest(spans.last_date, stated.last_stated_date) as known_to,
        booked.amount_minor as booked_minor,
        booked.currency as booked_currency,
        available.amount_minor as available_minor,
        available.currency as available_currency,
        coalesce(booked.fetched_at, available.fetched_at) as balances_as_of
    from known
    left join accounts using (account_id)
    left join spans using (account_id)
    left join stated using (account_id)
    left join booked using (account_id)
    left join available using (account_id)
    order by known.account_id
)

select * from final
