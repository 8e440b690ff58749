-- grain: one row per observation: what a bank said in one row of one response
-- An observation is of the same day as the decisions that point to it (docs/lake.md), so it is limited by its own day.
with

observations as (
    select *
    from {{ ref('src_observations') }}
    where {{ in_touched_span('date', around=12) }}
    {%- if target.name == 'lake' %}
    -- a glob may meet a file twice; the service loads the manifest, where each stands once
    qualify row_number() over (partition by observation_id) = 1
    {%- endif %}
),

final as (
    select
        cast(observation_id as uuid) as observation_id,
        date,
        value_date,
        amount,
        description,
        counterparty,
        bank_code,
        mcc,
        original_amount_minor,
        original_currency,
        observed_at,
        source like 'file-%' as from_file
    from observations
)

select * from final
