-- grain: one row per account and day (UTC) on which a sync of it came to an end
-- How the fetching went: what came, what did not and why, how long it took from the wish to the answer.
{{ config(materialized='view') }}
with

syncs as (select * from {{ ref('stg_syncs') }}),

daily as (
    select
        account_id,
        cast(finished_at as date) as date,
        cast(count(*) as integer) as syncs,
        cast(count(*) filter (where status = 'completed') as integer) as completed,
        cast(count(*) filter (where status = 'partial') as integer) as partial,
        cast(count(*) filter (where status = 'failed') as integer) as failed,
        cast(sum(calls) as integer) as calls,
        cast(sum(added) as bigint) as added,
        cast(sum(updated) as bigint) as updated,
        cast(sum(held) as bigint) as held,
        max(finished_at) filter (where status != 'failed') as last_success_at,
        arg_max(status, struct_pack(finished_at := finished_at, sync_id := sync_id)) as last_status,
        arg_max(error_code, struct_pack(finished_at := finished_at, sync_id := sync_id))
            filter (where error_code is not null) as last_error_code,
        median(seconds) as median_seconds,
        max(seconds) as longest_seconds
    from syncs
    group by all
),

final as (
    select
        account_id,
        date,
        syncs,
        completed,
        partial,
        failed,
        calls,
        added,
        updated,
        held,
        last_success_at,
        last_status,
        last_error_code,
        cast(median_seconds as decimal(12, 3)) as median_seconds,
        cast(longest_seconds as decimal(12, 3)) as longest_seconds
    from daily
)

select * from final
