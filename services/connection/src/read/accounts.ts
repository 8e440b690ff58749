import type { AccountBookEvent, ConnectionEvent } from '@pf/contracts'
import { change, projection } from '@pf/eventing'

/** `connectionId`: the one that showed it last; null until a consent with it is linked. */
export type AccountRow = {
  accountId: string
  spaceId: string
  currency: string
  name: string | null
  connectionId: string | null
  providerAccountId: string | null
}

/** Which accounts does a space have, by which connection, and what does their owner call them? */
export const accounts = projection<AccountBookEvent | ConnectionEvent, AccountRow>({
  name: 'accounts',
  version: 1,
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
    },
  },
  on: {
    AccountOpened: ({ accountId, spaceId, currency }) =>
      change<AccountRow>({ accountId }, (row) => row ?? opened(accountId, spaceId, currency)),
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
})
