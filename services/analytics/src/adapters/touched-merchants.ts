import type { DuckDBConnection } from '@duckdb/node-api'
import { queryOn } from './duckdb.ts'
import { inTouchedMonths } from './touched-months.ts'

/**
 * What a series of payments is made from (analytics/models/3_mart/int_recurring_series.sql) in the touched months, as one
 * fingerprint per merchant: its rows in any order.
 */
const fingerprints = `
  select merchant, count(*) as payments, sum(hash(account_id, currency, date, amount_minor)) as fingerprint
  from mart.main.fct_transactions
  where
    ${inTouchedMonths}
    and status = 'booked' and category != 'transfer' and merchant is not null
  group by merchant`

/** Before the touched months are written anew. */
export async function rememberMerchants(writer: DuckDBConnection): Promise<void> {
  await writer.run(`create or replace temp table merchants_before as ${fingerprints}`)
}

/**
 * After it: sets variable `merchants` to those whose rows are not what they were, and says whether there are any. A merchant's
 * rows may also change because another one's did: the other leg of a transfer came.
 */
export async function findTouchedMerchants(writer: DuckDBConnection): Promise<boolean> {
  await writer.run(`set variable merchants = (
    select coalesce(list(coalesce(before.merchant, after.merchant)), [])
    from merchants_before as before
    full join (${fingerprints}) as after using (merchant)
    where before.payments is distinct from after.payments or before.fingerprint is distinct from after.fingerprint
  )`)
  await writer.run('drop table merchants_before')
  const [row] = await queryOn(writer)(`select len(getvariable('merchants')) as merchants`)
  return Number(row?.['merchants']) > 0
}
