-- grain: one row per transaction, booked or pending

with

 __dbt__cte__src_decisions as (
-- grain: one row per identity decision
select
    account_id,
    decision_seq,
    transaction_id,
    observation_id,
    kind,
    status,
    missing_upstream,
    date,
    amount_minor,
    currency,
    prev_date
from "mart"."lake"."decisions"
),  __dbt__cte__stg_decision_steps as (
-- grain: one row per identity decision
-- Limited to what is touched, a decision is read by its own day, and where it moved its transaction away from one of these days
-- (`touched_moves`): so the one that followed a decision of these days is always among what is read, and no older decision can
-- look like the latest. Two scans, since neither could skip anything for a condition on either day.
with

final as (
    select
        cast(transaction_id as uuid) as transaction_id,
        cast(observation_id as uuid) as observation_id,
        account_id,
        decision_seq,
        kind,
        status,
        missing_upstream,
        date,
        amount_minor,
        currency
    from __dbt__cte__src_decisions
    where
        true
        and true
)

select * from final
),  __dbt__cte__stg_decisions as (
-- grain: one row per transaction: its latest identity decision
with

steps as (select * from __dbt__cte__stg_decision_steps),

latest as (
    select
        transaction_id,
        max(decision_seq) as decision_seq
    from steps
    group by transaction_id
),

final as (
    select steps.*
    from steps
    join latest using (transaction_id, decision_seq)
    where
        steps.status != 'gone'
        and true
)

select * from final
),  __dbt__cte__src_observations as (
-- grain: one row per observation: what a bank said in one row of one response
select
    observation_id,
    date,
    value_date,
    amount,
    description,
    counterparty,
    bank_code,
    mcc,
    original_amount_minor,
    original_currency,
    observed_at,
    source
from "mart"."lake"."observations"
),  __dbt__cte__stg_observations as (
-- grain: one row per observation: what a bank said in one row of one response
-- An observation is of the same day as the decisions that point to it (docs/lake.md), so it is limited by its own day.
with

observations as (
    select *
    from __dbt__cte__src_observations
    where true
),

final as (
    select
        cast(observation_id as uuid) as observation_id,
        date,
        value_date,
        amount,
        description,
        counterparty,
        bank_code,
        mcc,
        original_amount_minor,
        original_currency,
        observed_at,
        source like 'file-%' as from_file
    from observations
)

select * from final
),  __dbt__cte__stg_transactions as (
-- grain: one row per transaction that the bank still shows or once booked, as its latest decision and observation say
with

decisions as (select * from __dbt__cte__stg_decisions),

observations as (select * from __dbt__cte__stg_observations),

final as (
    select
        decisions.transaction_id,
        decisions.account_id,
        decisions.status,
        decisions.missing_upstream,
        decisions.date,
        cast(date_trunc('month', decisions.date) as date) as month,
        observations.value_date,
        decisions.amount_minor,
        observations.amount,
        decisions.currency,
        observations.description,
        observations.counterparty,
        observations.bank_code,
        observations.mcc,
        observations.original_amount_minor,
        observations.original_currency
    from decisions
    join observations using (observation_id)
)

select * from final
),  __dbt__cte__int_wordings as (
-- grain: one row per wording: description, counterparty, codes and direction that transactions share
-- What a wording says, said once: whom it is with, and the category rule of the lowest priority number that matches. A text
-- rule's pattern is one or more whole words of description and counterparty; finding its first word by a join keeps the
-- work per wording independent of the number of rules. A counterparty rule names all of it, a code rule a code.

with

transactions as (select * from __dbt__cte__stg_transactions),

category_rules as (select * from "mart"."seed"."category_rules"),

wordings as (
    select
        row_number() over () as wording,
        *
    from (
        select distinct
            description,
            counterparty,
            bank_code,
            mcc,
            case when amount_minor > 0 then 'in' else 'out' end as direction
        from transactions
    )
),

texts as (
    select
        wording,
        direction,
        ' ' || translate(
            -- a bar between them: no pattern may begin in one and end in the other
            lower(description || ' | ' || coalesce(counterparty, '')),
            '.,;:*/+-_()#"''',
            '             '
        ) || ' ' as text
    from wordings
),

words as (
    select
        wording,
        direction,
        text,
        unnest(string_split(text, ' ')) as word
    from texts
),

by_text as (
    select
        words.wording,
        rules.category,
        rules.priority
    from words
    join category_rules as rules
        on split_part(rules.pattern, ' ', 1) = words.word
        and rules.field = 'text'
        and rules.direction in ('any', words.direction)
        and contains(words.text, ' ' || rules.pattern || ' ')
),

by_counterparty as (
    select
        wordings.wording,
        rules.category,
        rules.priority
    from wordings
    join category_rules as rules
        on rules.pattern = nullif(
            regexp_replace(
                trim(regexp_replace(
                    translate(
                        regexp_replace(
                            trim(lower(coalesce(wordings.counterparty, null))),
                            '^(?:(?:sq|sumup|zettle|izettle|paypal|pp|stripe|wp|crv|google|apple pay|gpay) ?[*_]+ *|(?:card (?:payment|purchase)|contactless(?: payment)?|visa(?: purchase)?|direct debit(?: payment)?|standing order|faster payments?(?: receipt)?|bank giro credit|bill payment|payment|transfer|pos|dd|so|bgc|fpi|fpo|crd|vis)(?: (?:to|from|at))? +)',
                            ''
                        ),
                        '.,;:*/_()#"',
                        '           '
                    ),
                    ' *(?:[^ ]*[0-9]{2}[^ ]* *)+| +',
                    ' ',
                    'g'
                )),
                '(?: (?:ltd|limited|plc|llp|inc|gmbh))+$',
                ''
            ),
            ''
        )
        and rules.field = 'counterparty'
        and rules.direction in ('any', wordings.direction)
),

by_code as (
    select
        wordings.wording,
        rules.category,
        rules.priority
    from wordings
    join category_rules as rules
        on rules.pattern = case when rules.field = 'mcc' then wordings.mcc else lower(wordings.bank_code) end
        and rules.field in ('mcc', 'bank_code')
        and rules.direction in ('any', wordings.direction)
),

matches as (
    select * from by_text
    union all
    select * from by_counterparty
    union all
    select * from by_code
),

ruled as (
    select
        wording,
        arg_min(category, priority) as category,
        min(priority) as category_rule
    from matches
    group by wording
),

final as (
    select
        wordings.description,
        wordings.counterparty,
        wordings.bank_code,
        wordings.mcc,
        wordings.direction,
        nullif(
            regexp_replace(
                trim(regexp_replace(
                    translate(
                        regexp_replace(
                            trim(lower(coalesce(wordings.counterparty, wordings.description))),
                            '^(?:(?:sq|sumup|zettle|izettle|paypal|pp|stripe|wp|crv|google|apple pay|gpay) ?[*_]+ *|(?:card (?:payment|purchase)|contactless(?: payment)?|visa(?: purchase)?|direct debit(?: payment)?|standing order|faster payments?(?: receipt)?|bank giro credit|bill payment|payment|transfer|pos|dd|so|bgc|fpi|fpo|crd|vis)(?: (?:to|from|at))? +)',
                            ''
                        ),
                        '.,;:*/_()#"',
                        '           '
                    ),
                    ' *(?:[^ ]*[0-9]{2}[^ ]* *)+| +',
                    ' ',
                    'g'
                )),
                '(?: (?:ltd|limited|plc|llp|inc|gmbh))+$',
                ''
            ),
            ''
        ) as merchant,
        ruled.category,
        ruled.category_rule
    from wordings
    left join ruled using (wording)
)

select * from final
),  __dbt__cte__stg_user_decisions as (
-- grain: one row per transaction and part that the user decided about: part 0 is the whole, parts from 1 on are a split
-- The place where a user's own category, note and split join the rows: whoever keeps them fills table `user_decisions`.
with

user_decisions as (select * from "mart"."seed"."user_decisions"),

final as (
    select
        transaction_id,
        part,
        category,
        amount_minor,
        note,
        decided_at
    from user_decisions
)

select * from final
), transactions as (select * from __dbt__cte__stg_transactions),

wordings as (select * from __dbt__cte__int_wordings),

transfers as (
    select *
    from "mart"."main"."int_transfers"
    where true
),

user_decisions as (
    select *
    from __dbt__cte__stg_user_decisions
    where part = 0
),

final as (
    select
        transactions.transaction_id,
        transactions.account_id,
        transactions.date,
        transactions.month,
        transactions.value_date,
        transactions.amount_minor,
        transactions.amount,
        transactions.currency,
        transactions.original_amount_minor,
        transactions.original_currency,
        transactions.description,
        transactions.counterparty,
        wordings.merchant,
        case
            when user_decisions.category is not null then user_decisions.category
            when transfers.transfer_id is not null then 'transfer'
            when wordings.category is not null then wordings.category
            when transactions.amount_minor > 0 then 'other_income'
            else 'uncategorised'
        end as category,
        case
            when user_decisions.category is null and transfers.transfer_id is null then wordings.category_rule
        end as category_rule,
        user_decisions.note,
        transactions.status,
        transactions.missing_upstream,
        transfers.transfer_id,
        lower(concat_ws(chr(10), transactions.description, transactions.counterparty)) as search_text
    from transactions
    left join wordings
        on wordings.description = transactions.description
        and wordings.counterparty is not distinct from transactions.counterparty
        and wordings.bank_code is not distinct from transactions.bank_code
        and wordings.mcc is not distinct from transactions.mcc
        and wordings.direction = case when transactions.amount_minor > 0 then 'in' else 'out' end
    -- by its day as well: while a file of decisions is still to come, one transaction may stand on two
    left join transfers using (transaction_id, date)
    left join user_decisions using (transaction_id)
    order by transactions.date, transactions.transaction_id
)

select * from final
