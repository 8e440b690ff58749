{#
    What a refresh of what is new may write, and what it has to read for that. The loader (services/analytics, touched.ts)
    says it before each kind of model: temporary tables of its connection hold which transactions, amounts, accounts, days
    and months are written anew, and the variables `from_day` and `until_day` between which days they lie (the first of them,
    and the first after them). The two are constants when a statement is planned, so that scans skip what lies elsewhere.
    To write more than has changed changes nothing, as long as what is written is read whole.
#}
{% macro touched(kind, column) -%}
{%- if var('touched') -%}
{{ column }} in (select {{ kind }} from temp.main.touched_{{ kind }})
{%- else -%}
true
{%- endif -%}
{%- endmacro %}

{% macro in_touched_span(day, around=0) -%}
{%- if var('touched') -%}
({{ day }} >= getvariable('from_day') - {{ around }} and {{ day }} < getvariable('until_day') + {{ around }})
{%- else -%}
true
{%- endif -%}
{%- endmacro %}

{#
    Days whose transfers a changed day may change. Legs of one currency are paired in rounds (int_equal_transfers): same day,
    then 1, 2 and 3 days apart either way, so a leg reaches 2 × (1 + 2 + 3) = 12 days at most. An exchange
    (int_exchange_transfers) looks at the legs that remain within 3 days, and at what those could be paired with, 3 days
    further: 18 days. To know what a day's legs are paired with takes the legs of as many days around it.
#}
{% macro in_reach(day, days) -%}
{%- if var('touched') -%}
{{ day }} in (select day from temp.main.touched_reach where distance <= {{ days }})
{%- else -%}
true
{%- endif -%}
{%- endmacro %}
