-- The parts of a split are all of the payment: no penny more or less.
select
    parts.transaction_id,
    sum(parts.amount_minor) as parts_minor
from {{ ref('stg_user_decisions') }} as parts
join {{ ref('fct_transactions') }} as transactions using (transaction_id)
where parts.part > 0
group by
    parts.transaction_id,
    transactions.amount_minor
having sum(parts.amount_minor) != transactions.amount_minor
