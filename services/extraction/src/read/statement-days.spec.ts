import type { LedgerEvent } from '@pf/contracts'
import { specifyProjection } from '@pf/eventing/testing'
import { accountId, at, spaceId } from '../domain/builders.ts'
import { statementDays } from './statement-days.ts'

const { given } = specifyProjection(statementDays)
const importId = '018f0000-0000-7000-8000-00000000aa01'
const userId = '018f0000-0000-7000-8000-00000000b001'
const imported: LedgerEvent = {
  type: 'StatementImported',
  data: {
    ...{ importId, accountId, source: 'file-csv', fileName: 'march.csv' },
    raw: { key: 'raw/x', sha256: '1'.repeat(64), bytes: 1 },
    window: { from: '2026-03-01', to: '2026-03-31' },
    counts: { observed: 1, added: 1, matched: 0, held: 0 },
    ...{ normaliserVersion: 1, identityVersion: 1, files: [], decisionSeq: 1 },
    ...{ importedBy: userId, importedAt: at() },
  },
}
const takenBack: LedgerEvent = {
  type: 'ImportTakenBack',
  data: { importId, accountId, gone: 1, files: [], decisionSeq: 2, decidedBy: userId, decidedAt: at() },
}
const recorded = (event: LedgerEvent) => ({ event, meta: { spaceId } })

describe('the days that statement files tell of', () => {
  it('are those of an imported file', () => {
    const days = { windowFrom: '2026-03-01', windowTo: '2026-03-31' }
    given([imported].map(recorded)).then([{ importId, accountId, spaceId, ...days }])
  })

  it('are gone when the import is taken back', () => {
    given([imported, takenBack].map(recorded)).then([])
  })
})
