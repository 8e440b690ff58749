{#
    What a refresh of touched months may write, and what it has to read for that. The months stand in the connection's
    variable `months` (first days, DATE[]); the comparisons with the least and the greatest let a scan skip row groups.
    Where no month between these is missing, as after nearly every sync, DuckDB folds the rest away.
#}
{% macro touched_without_gap() -%}
len(getvariable('months'))
            = date_diff('month', list_min(getvariable('months')), list_max(getvariable('months'))) + 1
{%- endmacro %}

{% macro in_touched_months(day) -%}
{%- if var('touched') -%}
(
        {{ day }} >= list_min(getvariable('months'))
        and {{ day }} < cast(list_max(getvariable('months')) + interval 1 month as date)
        and (
            {{ touched_without_gap() }}
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
    with, 3 days further: 18 days. services/analytics finds the touched months by the same reach (mart-loading.ts).
#}
{% macro around_touched_months(day) -%}
{%- set reach = 18 -%}
{%- if var('touched') -%}
(
        {{ day }} >= list_min(getvariable('months')) - {{ reach }}
        and {{ day }} < cast(list_max(getvariable('months')) + interval 1 month as date) + {{ reach }}
        and (
            {{ touched_without_gap() }}
            or list_contains(getvariable('months'), cast(date_trunc('month', {{ day }}) as date))
            or list_contains(getvariable('months'), cast(date_trunc('month', {{ day }} - {{ reach }}) as date))
            or list_contains(getvariable('months'), cast(date_trunc('month', {{ day }} + {{ reach }}) as date))
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
