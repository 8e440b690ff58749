-- grain: one row per sync that came to an end
{%- if target.name == 'lake' and env_var('PF_LAKE_SYNCS', '') == '' %}
-- this lake has no log of syncs: it is older than they are
select
    cast(null as uuid) as sync_id,
    cast(null as varchar) as run_id,
    cast(null as varchar) as connection_id,
    cast(null as varchar) as account_id,
    cast(null as varchar) as source,
    cast(null as varchar) as trigger,
    cast(null as integer) as attempt,
    cast(null as varchar) as status,
    cast(null as varchar) as error_code,
    cast(null as date) as window_from,
    cast(null as date) as window_to,
    cast(null as integer) as calls,
    cast(null as integer) as observed,
    cast(null as integer) as added,
    cast(null as integer) as updated,
    cast(null as integer) as unchanged,
    cast(null as integer) as held,
    cast(null as timestamptz) as requested_at,
    cast(null as timestamptz) as started_at,
    cast(null as timestamptz) as finished_at
where false
{%- else %}
select
    sync_id,
    run_id,
    connection_id,
    account_id,
    source,
    trigger,
    attempt,
    status,
    error_code,
    window_from,
    window_to,
    calls,
    observed,
    added,
    updated,
    unchanged,
    held,
    requested_at,
    started_at,
    finished_at
from {{ source('lake', 'syncs') }}
{%- endif %}
