import type { LedgerEvent } from '@pf/contracts'
import { specifyProjection } from '@pf/eventing/testing'
import { balancesStored, ids, lakeFile, transactionsStored } from '../domain/builders.ts'
import { ledgers } from './ledgers.ts'

const { given } = specifyProjection(ledgers)
const meta = { spaceId: ids.space, seq: 1 }
const described: LedgerEvent = {
  type: 'AccountDescribed',
  data: {
    accountId: ids.account,
    connectionId: ids.connection,
    files: [lakeFile({ dataset: 'accounts' })],
    describedAt: '2026-10-01T08:00:00.000Z',
  },
}

describe('the accounts that have a ledger', () => {
  it('are told once, whatever is in them', () => {
    given([described, transactionsStored(), balancesStored()].map((event) => ({ event, meta }))).then([
      { accountId: ids.account, spaceId: ids.space },
    ])
  })
})
