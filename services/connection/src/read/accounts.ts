import type { AccountBookEvent, ConnectionEvent, InstitutionName } from '@pf/contracts'
import { change, projection } from '@pf/eventing'

/** `connectionId`: the one that showed it last; null until a consent with it is linked, so of a file's account. */
export type AccountRow = {
  accountId: string
  spaceId: string
  currency: string
  name: string | null
  connectionId: string | null
  providerAccountId: string | null
  /** The bank that a file's account is said to be of; null where no file opened it. */
  declaredBank: InstitutionName | null
}

/** Which accounts does a space have, by which connection, and what does their owner call them? */
export const accounts = projection<AccountBookEvent | ConnectionEvent, AccountRow>({
  name: 'accounts',
  version: 2,
  context: 'connection',
  table: {
    name: 'accounts',
    key: ['accountId'],
    space: 'spaceId',
    indexes: [['spaceId', 'connectionId']],
    columns: {
      accountId: 'text',
      spaceId: 'text',
      currency: 'text',
      name: { type: 'text', nullable: true },
      connectionId: { type: 'text', nullable: true },
      providerAccountId: { type: 'text', nullable: true },
      declaredBank: { type: 'jsonb', nullable: true },
    },
  },
  on: {
    AccountOpened: ({ accountId, spaceId, currency }) =>
      change<AccountRow>({ accountId }, (row) => row ?? opened(accountId, spaceId, currency)),
    FileAccountDeclared: ({ accountId, name, institution }) =>
      change<AccountRow>({ accountId }, (row) => row && { ...row, name: row.name ?? name, declaredBank: institution }),
    AccountRenamed: ({ accountId, name }) => change<AccountRow>({ accountId }, (row) => row && { ...row, name }),
    RequisitionLinked: ({ connectionId, accounts: linked }, { spaceId }) =>
      linked.map(({ accountId, providerAccountId, currency }) =>
        change<AccountRow>({ accountId }, (row) => ({
          ...(row ?? opened(accountId, spaceId, currency)),
          connectionId,
          providerAccountId,
        })),
      ),
  },
})

const opened = (accountId: string, spaceId: string, currency: string): AccountRow => ({
  accountId,
  spaceId,
  currency,
  name: null,
  connectionId: null,
  providerAccountId: null,
  declaredBank: null,
})
