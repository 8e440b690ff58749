-- Every decision finds its observation, on the same day: staging limits both by it.
select
    decisions.transaction_id,
    decisions.observation_id
from {{ ref('stg_decisions') }} as decisions
left join {{ ref('stg_observations') }} as observations using (observation_id)
where observations.date is distinct from decisions.date
