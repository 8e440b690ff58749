-- grain: one row per transaction that a category rule matches: the rule of the lowest priority number
-- A text rule's pattern is one or more whole words of description and counterparty; finding its first word by a join keeps
-- the work per transaction independent of the number of rules. A merchant category code decides where no text does.
{{ config(materialized='ephemeral') }}
with

transactions as (
    select *
    from {{ ref('stg_transactions') }}
    where {{ in_touched_months('date') }}
),

rules as (
    select
        *,
        split_part(pattern, ' ', 1) as first_word
    from {{ ref('category_rules') }}
),

texts as (
    select
        transaction_id,
        case when amount_minor > 0 then 'in' else 'out' end as direction,
        ' ' || translate(
            lower(description || ' ' || coalesce(counterparty, '')),
            '.,;:*/+-_()#"''',
            '             '
        ) || ' ' as text
    from transactions
),

words as (
    select
        transaction_id,
        direction,
        text,
        unnest(string_split(text, ' ')) as word
    from texts
),

by_text as (
    select
        words.transaction_id,
        rules.category,
        rules.priority
    from words
    join rules
        on rules.first_word = words.word
        and rules.field = 'text'
        and rules.direction in ('any', words.direction)
        and contains(words.text, ' ' || rules.pattern || ' ')
),

by_code as (
    select
        transactions.transaction_id,
        rules.category,
        rules.priority
    from transactions
    join rules
        on rules.pattern = transactions.mcc
        and rules.field = 'mcc'
),

matches as (
    select * from by_text
    union all
    select * from by_code
),

final as (
    select
        transaction_id,
        arg_min(category, priority) as category,
        min(priority) as priority
    from matches
    group by transaction_id
)

select * from final
