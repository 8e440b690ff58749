import type { LakeFile, LedgerEvent } from '@pf/contracts'
import { specifyProjection } from '@pf/eventing/testing'
import { uuid } from '../testing/lake.ts'
import { type LakeFileRow, lakeFiles, standingFiles } from './lake-files.ts'

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
  replacedBy: null,
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

  it('has the new file and no more those that it replaced, though their messages come again', () => {
    const compacted: LedgerEvent = {
      type: 'LakeCompacted',
      data: {
        accountId: uuid(2),
        files: [file('lake/c', 'decisions')],
        replaced: ['lake/a', 'lake/b'],
        compactedAt: '2026-05-02T00:00:00Z',
      },
    }
    given([at(named('lake/a'), 4), at(named('lake/b'), 5), at(compacted, 6), at(named('lake/a'), 4)]).then([
      { ...row('lake/a', 'decisions', 4), replacedBy: 'lake/c' },
      { ...row('lake/b', 'decisions', 5), replacedBy: 'lake/c' },
      row('lake/c', 'decisions', 6),
    ])
  })

  it('stands for all that was replaced, however often', () => {
    const replaced = (key: string, replacedBy: string | null): LakeFileRow => ({
      ...row(key, 'decisions', 1),
      replacedBy,
    })
    const rows = [replaced('a', 'c'), replaced('b', 'c'), replaced('c', 'e'), replaced('d', 'e'), replaced('e', null)]
    expect(standingFiles(rows).map(({ key, replaces }) => [key, replaces])).toEqual([['e', ['a', 'b', 'c', 'd']]])
  })
})

const named = (key: string): LedgerEvent => ({
  type: 'HeldDecided',
  data: {
    heldId: uuid(5),
    accountId: uuid(2),
    verdict: 'dismiss',
    files: [file(key, 'decisions')],
    decisionSeq: 1,
    decidedBy: uuid(6),
    decidedAt: '2026-05-01T00:00:00Z',
  },
})
