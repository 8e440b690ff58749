import type { LakeFile, LedgerEvent } from '@pf/contracts'
import { specifyProjection } from '@pf/eventing/testing'
import { uuid } from '../testing/lake.ts'
import { lakeFiles } from './lake-files.ts'

const { given } = specifyProjection(lakeFiles)
const spaceId = uuid(9)

const file = (key: string, dataset: LakeFile['dataset']): LakeFile => ({
  dataset,
  schemaVersion: 1,
  key,
  sha256: 'a'.repeat(64),
  rows: 3,
  bytes: 100,
})
const row = (key: string, dataset: string, seq: number) => ({
  spaceId,
  key,
  dataset,
  schemaVersion: 1,
  sha256: 'a'.repeat(64),
  rowCount: 3,
  seq,
})
const at = (event: LedgerEvent, seq: number) => ({ event, meta: { spaceId, seq } })

describe('the manifest of a lake', () => {
  it('has the files of every dataset, with the message that named them', () => {
    const balances: LedgerEvent = {
      type: 'BalancesStored',
      data: {
        syncId: uuid(1),
        accountId: uuid(2),
        files: [file('lake/b', 'balances')],
        storedAt: '2026-05-01T00:00:00Z',
      },
    }
    const described: LedgerEvent = {
      type: 'AccountDescribed',
      data: {
        accountId: uuid(2),
        connectionId: uuid(3),
        files: [file('lake/c', 'accounts')],
        describedAt: '2026-05-01T00:00:00Z',
      },
    }
    const stored: LedgerEvent = {
      type: 'TransactionsStored',
      data: {
        syncId: uuid(1),
        runId: uuid(4),
        connectionId: uuid(3),
        accountId: uuid(2),
        window: { from: '2026-04-01', to: '2026-05-01' },
        files: [file('lake/o', 'observations'), file('lake/d', 'decisions')],
        counts: { observed: 3, added: 3, updated: 0, unchanged: 0, held: 0 },
        vanished: 0,
        normaliserVersion: 1,
        identityVersion: 1,
        decisionSeq: 3,
        storedAt: '2026-05-01T00:00:00Z',
      },
    }
    given([at(described, 4), at(stored, 7), at(balances, 9)]).then([
      row('lake/c', 'accounts', 4),
      row('lake/o', 'observations', 7),
      row('lake/d', 'decisions', 7),
      row('lake/b', 'balances', 9),
    ])
  })
})
