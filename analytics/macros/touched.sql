{#
    What a refresh of touched months may write, and what it has to read for that. The loader (services/analytics,
    mart-loading.ts) says them in variables of its connection: `months` (first days, DATE[]), `from_day` and `until_day` (the
    first of all of them, and the first after them) and `without_gap`, whether no month between is missing, as after nearly
    every sync. All are constants when a statement is planned: scans skip row groups by the two days, and where there is no
    gap the rest folds away. Reckoned from the list in each place, they were a third of what planning took.
#}
{% macro in_touched_months(day) -%}
{%- if var('touched') -%}
(
        {{ day }} >= getvariable('from_day')
        and {{ day }} < getvariable('until_day')
        and (
            getvariable('without_gap')
            or list_contains(getvariable('months'), cast(date_trunc('month', {{ day }}) as date))
        )
    )
{%- else -%}
true
{%- endif -%}
{%- endmacro %}

{#
    The months and the days around them that a transfer's legs may depend on. Legs of one currency are paired in rounds
    (int_equal_transfers): same day, then 1, 2 and 3 days apart either way, so a row reaches 2 × (1 + 2 + 3) = 12 days at
    most. An exchange (int_exchange_transfers) looks at the legs that remain within 3 days, and at what those could be paired
    with, 3 days further: 18 days. services/analytics finds the touched months by the same reach (mart-loading.ts). Variable
    `months_around`: those of the touched months and of the days around them; to read some days more changes nothing.
#}
{% macro around_touched_months(day) -%}
{%- set reach = 18 -%}
{%- if var('touched') -%}
(
        {{ day }} >= getvariable('from_day') - {{ reach }}
        and {{ day }} < getvariable('until_day') + {{ reach }}
        and (
            getvariable('without_gap')
            or list_contains(getvariable('months_around'), cast(date_trunc('month', {{ day }}) as date))
        )
    )
{%- else -%}
true
{%- endif -%}
{%- endmacro %}

{# The merchants whose rows a refresh changed, in variable `merchants` (VARCHAR[]). #}
{% macro in_touched_merchants(merchant) -%}
{%- if var('touched') -%}
{{ merchant }} in (select unnest(getvariable('merchants')))
{%- else -%}
true
{%- endif -%}
{%- endmacro %}
