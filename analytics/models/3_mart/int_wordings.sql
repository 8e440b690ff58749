-- grain: one row per wording: description, counterparty, codes and direction that transactions share
-- What a wording says, said once: whom it is with, and the category rule of the lowest priority number that matches. A text
-- rule's pattern is one or more whole words of description and counterparty; finding its first word by a join keeps the
-- work per wording independent of the number of rules. A counterparty rule names all of it, a code rule a code.
{{ config(materialized=inlined()) }}
with

transactions as (select * from {{ ref('stg_transactions') }}),

category_rules as (select * from {{ ref('category_rules') }}),

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
        on rules.pattern = {{ merchant('wordings.counterparty', 'null') }}
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
        {{ merchant('wordings.counterparty', 'wordings.description') }} as merchant,
        ruled.category,
        ruled.category_rule
    from wordings
    left join ruled using (wording)
)

select * from final
