-- Opening + movements + what they do not explain = closing; and each statement but the first ends exactly one interval.
with

proof as (select * from {{ ref('fct_balance_proof') }}),

statements as (select * from {{ ref('stg_booked_balances') }})

select
    account_id,
    currency,
    balance_kind
from proof
group by account_id, currency, balance_kind
having
    sum(abs(opening_minor + movements_minor + difference_minor - closing_minor)) != 0
    or count(distinct interval_no) != count(*)
    or count(*) != (
        select count(*) - 1
        from statements
        where
            statements.account_id = proof.account_id
            and statements.currency = proof.currency
            and statements.balance_kind = proof.balance_kind
    )
