-- A transfer has two legs, in two accounts, that sum to nothing.
select transfer_id
from {{ ref('fct_transactions') }}
where transfer_id is not null
group by transfer_id
having
    count(*) != 2
    or sum(amount_minor) != 0
    or min(account_id) = max(account_id)
