import { specify } from '@pf/eventing/testing'
import {
  balancesStored,
  ids,
  lakeFile,
  sourceObserved,
  storeBalances,
  storeTransactions,
  transactionsStored,
} from './builders.ts'
import * as ledger from './ledger.ts'

const { given } = specify(ledger)
const description = {
  accountId: ids.account,
  connectionId: ids.connection,
  files: [lakeFile({ dataset: 'accounts', key: 'lake/accounts/1.parquet' })],
  describedAt: '2026-10-01T08:00:00.000Z',
}

describe('a ledger', () => {
  it('takes in the rows of a sync', () => {
    given([])
      .when(storeTransactions({ decisionSeq: 3 }))
      .then([transactionsStored({ decisionSeq: 3 }), sourceObserved()])
      .leaves({ decisionSeq: 3, transactions: [ids.sync(1)] })
  })

  it('takes in transactions and balances of a sync in one message', () => {
    given([])
      .when({ ...storeTransactions(), balances: { files: [] } })
      .then([transactionsStored(), sourceObserved(), balancesStored()])
  })

  it('takes in balances that came by themselves', () => {
    given([transactionsStored()]).when(storeBalances()).then([balancesStored()])
  })

  it('stays quiet when a sync comes again', () => {
    given([transactionsStored(), balancesStored()])
      .when({ ...storeTransactions(), balances: { files: [lakeFile()] } })
      .thenNothing()
  })

  it('refuses decisions that were made before another sync decided', () => {
    given([transactionsStored({ decisionSeq: 4 })])
      .when(storeTransactions({ decidedFrom: 3, decisionSeq: 5 }, ids.sync(2)))
      .thenRefuses('conflict')
  })

  it('numbers decisions on from those before', () => {
    given([transactionsStored({ decisionSeq: 4 })])
      .when(storeTransactions({ decidedFrom: 4, decisionSeq: 6 }, ids.sync(2)))
      .leaves({ decisionSeq: 6 })
  })

  it('lists the files that its present state is folded from, oldest first, and no others', () => {
    const [one, two, three] = ['1', '2', '3'].map((n) => lakeFile({ key: `lake/decisions/${n}.parquet` }))
    const held = lakeFile({ dataset: 'held', key: 'lake/held/1.parquet' })
    given([
      transactionsStored({ files: [one!, held] }),
      balancesStored([lakeFile({ dataset: 'balances' })]),
      transactionsStored({ files: [two!, three!] }, ids.sync(2)),
    ]).leaves({ files: [one, held, two, three] })
  })

  it('takes in a description of its account', () => {
    given([])
      .when({ type: 'DescribeAccount', ...description })
      .then([{ type: 'AccountDescribed', data: description }])
  })

  it('stays quiet when the same description comes again', () => {
    given([{ type: 'AccountDescribed', data: description }])
      .when({ type: 'DescribeAccount', ...description })
      .thenNothing()
  })
})
