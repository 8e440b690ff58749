import type { AccountBookEvent, ConnectionEvent, InstitutionName, Rest } from '@pf/contracts'
import { change, drop, projection } from '@pf/eventing'

/** A connection whose consent showed the account, under the provider's own handle. */
export type Shown = { connectionId: string; providerAccountId: string }
export type AccountRow = {
  accountId: string
  spaceId: string
  currency: string
  name: string | null
  /** As its owner says; null: as the bank or the file does. */
  kind: Rest.Account['kind'] | null
  /** The one that showed it last comes first; none until a consent with it is linked, so of a file's account. */
  shownBy: Shown[]
  /** The bank that a file's account is said to be of; null where no file opened it. */
  declaredBank: InstitutionName | null
}

/** Which accounts does a space have, by which connections, and what does their owner say of them? */
export const accounts = projection<AccountBookEvent | ConnectionEvent, AccountRow>({
  name: 'accounts',
  version: 4,
  context: 'connection',
  table: {
    name: 'accounts',
    key: ['accountId'],
    space: 'spaceId',
    indexes: [['spaceId']],
    columns: {
      accountId: 'text',
      spaceId: 'text',
      currency: 'text',
      name: { type: 'text', nullable: true },
      kind: { type: 'text', nullable: true },
      shownBy: 'jsonb',
      declaredBank: { type: 'jsonb', nullable: true },
    },
  },
  on: {
    AccountOpened: ({ accountId, spaceId, currency }) =>
      change<AccountRow>({ accountId }, (row) => row ?? opened(accountId, spaceId, currency)),
    FileAccountDeclared: ({ accountId, name, institution }) =>
      change<AccountRow>({ accountId }, (row) => row && { ...row, name: row.name ?? name, declaredBank: institution }),
    AccountForgotten: ({ accountId }) => drop({ accountId }),
    AccountRenamed: ({ accountId, name }) => change<AccountRow>({ accountId }, (row) => row && { ...row, name }),
    AccountKindChosen: ({ accountId, kind }) => change<AccountRow>({ accountId }, (row) => row && { ...row, kind }),
    RequisitionLinked: ({ connectionId, accounts: linked }, { spaceId }) =>
      linked.map(({ accountId, providerAccountId, currency }) =>
        change<AccountRow>({ accountId }, (row = opened(accountId, spaceId, currency)) => {
          const others = row.shownBy.filter((shown) => shown.connectionId !== connectionId)
          return { ...row, shownBy: [{ connectionId, providerAccountId }, ...others] }
        }),
      ),
  },
})

const opened = (accountId: string, spaceId: string, currency: string): AccountRow => ({
  accountId,
  spaceId,
  currency,
  name: null,
  kind: null,
  shownBy: [],
  declaredBank: null,
})
