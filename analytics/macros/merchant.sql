{#
    Whom a payment is with, so that equal ones read equal: the counterparty, else the bank's text, in lower case without what
    banks and payment services put before the name, without words that hold two digits in a row (branches, references, days),
    and without the form of the company. Null where nothing is left.
#}
{% macro merchant(counterparty, description) -%}
{%- set services = 'sq|sumup|zettle|izettle|paypal|pp|stripe|wp|crv|google|apple pay|gpay' -%}
{%- set ways = 'card (?:payment|purchase)|contactless(?: payment)?|visa(?: purchase)?|direct debit(?: payment)?|standing order|faster payments?(?: receipt)?|bank giro credit|bill payment|payment|transfer|pos|dd|so|bgc|fpi|fpo|crd|vis' -%}
nullif(
            regexp_replace(
                trim(regexp_replace(
                    translate(
                        regexp_replace(
                            trim(lower(coalesce({{ counterparty }}, {{ description }}))),
                            '^(?:(?:{{ services }}) ?[*_]+ *|(?:{{ ways }})(?: (?:to|from|at))? +)',
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
{%- endmacro %}
