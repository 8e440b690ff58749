{# Target `lake` reads Parquet by a source's external_location; target `service` reads the table of the same name. #}
{% macro source(source_name, table_name) %}
    {% set relation = builtins.source(source_name, table_name) %}
    {% if target.name == 'service' %}
        {{ return(api.Relation.create(database='mart', schema=source_name, identifier=table_name)) }}
    {% endif %}
    {{ return(relation) }}
{% endmacro %}
