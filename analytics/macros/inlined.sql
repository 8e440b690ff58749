{# Inlined where the service runs it, so that a limit on days reaches the scan; something to look at for an analyst. #}
{% macro inlined() -%}
{{ 'ephemeral' if target.name == 'service' else 'view' }}
{%- endmacro %}
