-- grain: one row per sync that came to an end
with

syncs as (
    select *
    from {{ ref('src_syncs') }}
    {%- if target.name == 'lake' %}
    -- a glob may meet a file twice; the service loads the manifest, where each stands once
    qualify row_number() over (partition by sync_id) = 1
    {%- endif %}
),

final as (
    select
        cast(sync_id as uuid) as sync_id,
        run_id,
        connection_id,
        account_id,
        source,
        trigger,
        status,
        error_code,
        calls,
        observed,
        added,
        updated,
        held,
        requested_at,
        started_at,
        finished_at,
        date_diff('millisecond', requested_at, finished_at) / 1000 as seconds
    from syncs
)

select * from final
