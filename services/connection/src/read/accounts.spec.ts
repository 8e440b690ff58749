import type { AccountBookEvent } from '@pf/contracts'
import { specifyProjection } from '@pf/eventing/testing'
import { connectionId, linkedAccount, requisitionLinked, spaceId } from '../domain/builders.ts'
import { type AccountRow, accounts } from './accounts.ts'

const { given } = specifyProjection(accounts)
const { accountId } = linkedAccount()
const opened: AccountBookEvent = {
  type: 'AccountOpened',
  data: { accountId, spaceId, currency: 'GBP', fingerprints: [], openedAt: '2026-11-01T09:00:00.000Z' },
}
const renamed: AccountBookEvent = { type: 'AccountRenamed', data: { accountId, name: 'Bills' } }
const linked = { event: requisitionLinked(), meta: { spaceId } }
const row = (overrides: Partial<AccountRow>): AccountRow => ({
  accountId,
  spaceId,
  currency: 'GBP',
  name: null,
  connectionId: null,
  providerAccountId: null,
  ...overrides,
})

describe('the read model of accounts', () => {
  it('knows an account before a consent with it is linked', () => {
    given([opened]).then([row({})])
  })

  it('shows by which connection it came last', () => {
    const other = '018f0000-0000-7000-8000-00000000c002'
    const account = linkedAccount({ providerAccountId: 'p-9' })
    const later = { event: requisitionLinked({ connectionId: other, accounts: [account] }), meta: { spaceId } }
    given([opened, linked]).then([row({ connectionId, providerAccountId: 'p-1' })])
    given([opened, linked, later]).then([row({ connectionId: other, providerAccountId: 'p-9' })])
  })

  it("keeps its owner's name through a renewal", () => {
    given([opened, linked, renamed, linked]).then([row({ connectionId, providerAccountId: 'p-1', name: 'Bills' })])
  })
})
