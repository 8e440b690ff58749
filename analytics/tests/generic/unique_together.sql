{% test unique_together(model, columns) %}
-- The columns together are the model's key.
select {{ columns | join(', ') }}
from {{ model }}
group by all
having count(*) > 1
{% endtest %}
