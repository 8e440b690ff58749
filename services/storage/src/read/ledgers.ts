import type { LedgerEvent } from '@pf/contracts'
import { projection, put } from '@pf/eventing'

export type LedgerRow = { accountId: string; spaceId: string }

type Meta = { spaceId: string }
const there = ({ accountId }: { accountId: string }, { spaceId }: Meta) => put<LedgerRow>({ accountId, spaceId })

/** Which ledgers does a space have? All else is in the ledgers themselves. */
export const ledgers = projection<LedgerEvent, LedgerRow>({
  name: 'storage_ledgers',
  version: 1,
  context: 'storage',
  table: {
    name: 'ledgers',
    key: ['accountId'],
    space: 'spaceId',
    indexes: [['spaceId']],
    columns: { accountId: 'text', spaceId: 'text' },
  },
  on: { AccountDescribed: there, TransactionsStored: there, StatementImported: there },
})
