-- A transfer has two legs, in two accounts: out and in. Of one currency they sum to nothing.
select transfer_id
from {{ ref('int_transfers') }}
join {{ ref('fct_transactions') }} using (transaction_id, transfer_id)
group by transfer_id
having
    count(*) != 2
    or count(*) filter (where amount_minor < 0) != 1
    or min(fct_transactions.account_id) = max(fct_transactions.account_id)
    or (min(currency) = max(currency) and sum(amount_minor) != 0)
