import { specify } from '@pf/eventing/testing'
import { mart, type RecordMaterialised } from './mart.ts'

const { given } = specify(mart.decider)
const spaceId = '00000000-0000-7000-8000-000000000001'
const syncs = [{ syncId: '00000000-0000-7000-8000-000000000002', accountId: '00000000-0000-7000-8000-000000000003' }]
const builtAt = '2026-05-01T08:00:00.000Z'
const record = (storageSeq: number): RecordMaterialised => ({
  type: 'RecordMaterialised',
  spaceId,
  storageSeq,
  syncs,
  files: 2,
  months: ['2026-05'],
  builtAt,
})
const materialised = (storagePosition: number) => ({
  type: 'MartsMaterialised' as const,
  data: { spaceId, syncs, storagePosition, files: 2, months: ['2026-05'], builtAt },
})

describe("a space's marts", () => {
  it('say what became visible', () => {
    given([])
      .when(record(7))
      .then([materialised(7)])
  })
  it('say it once', () => {
    given([materialised(7)])
      .when(record(7))
      .thenNothing()
  })
  it('never move their position back when an older message comes late', () => {
    given([materialised(9)])
      .when(record(7))
      .then([materialised(9)])
  })
})
