import type { Parts } from './parts.ts'
import type { Account } from './present.ts'

const maxAccounts = 1000

/** The space's accounts that have a ledger. */
export async function accountsOf(
  { views }: Pick<Parts, 'views'>,
  spaceId: string,
  accountId?: string,
): Promise<Account[]> {
  const where = { spaceId, ...(accountId === undefined ? {} : { accountId }) }
  const rows = await views.ledgers.find({ where, limit: maxAccounts })
  return rows.map((row) => ({ spaceId, accountId: row.accountId }))
}
