import type { AccountBookEvent } from '@pf/contracts'
import { specifyProjection } from '@pf/eventing/testing'
import { connectionId, linkedAccount, requisitionLinked, spaceId } from '../domain/builders.ts'
import { type AccountRow, accounts } from './accounts.ts'

const { given } = specifyProjection(accounts)
const { accountId } = linkedAccount()
const at = '2026-11-01T09:00:00.000Z'
const opened: AccountBookEvent = {
  type: 'AccountOpened',
  data: { accountId, spaceId, currency: 'GBP', fingerprints: [], openedAt: at },
}
const renamed: AccountBookEvent = { type: 'AccountRenamed', data: { accountId, name: 'Bills' } }
const chosen = (kind: 'savings' | null): AccountBookEvent => ({
  type: 'AccountKindChosen',
  data: { accountId, kind },
})
const linked = { event: requisitionLinked(), meta: { spaceId } }
const shown = { connectionId, providerAccountId: 'p-1' }
const row = (overrides: Partial<AccountRow>): AccountRow => ({
  accountId,
  spaceId,
  currency: 'GBP',
  name: null,
  kind: null,
  shownBy: [],
  declaredBank: null,
  ...overrides,
})

describe('the read model of accounts', () => {
  it('knows an account before a consent with it is linked', () => {
    given([opened]).then([row({})])
  })

  it('shows by which connections it came, the last one first', () => {
    const other = '018f0000-0000-7000-8000-00000000c002'
    const account = linkedAccount({ providerAccountId: 'p-9' })
    const later = { event: requisitionLinked({ connectionId: other, accounts: [account] }), meta: { spaceId } }
    given([opened, linked]).then([row({ shownBy: [shown] })])
    const again = { connectionId: other, providerAccountId: 'p-9' }
    given([opened, linked, later]).then([row({ shownBy: [again, shown] })])
    given([opened, later, linked]).then([row({ shownBy: [shown, again] })])
  })

  it('knows an account that a file opened, by the bank and name that it was given', () => {
    const institution = { id: 'file', name: 'Northbank', logo: '' }
    const declared: AccountBookEvent = {
      type: 'FileAccountDeclared',
      data: { accountId, name: 'Old savings', kind: 'savings', institution, timeZone: 'UTC', declaredAt: at },
    }
    const known = row({ name: 'Old savings', declaredBank: institution })
    given([opened, declared]).then([known])
    given([opened, declared, linked]).then([{ ...known, shownBy: [shown] }])
  })

  it("keeps its owner's name and kind through a renewal", () => {
    given([opened, linked, renamed, chosen('savings'), linked]).then([
      row({ shownBy: [shown], name: 'Bills', kind: 'savings' }),
    ])
    given([opened, chosen('savings'), chosen(null)]).then([row({})])
  })
})
