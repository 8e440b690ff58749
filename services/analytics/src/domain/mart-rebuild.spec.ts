import type { MartRebuildEvent } from '@pf/contracts'
import { specify } from '@pf/eventing/testing'
import { type Comparison, isSame, martRebuild, type RebuildCommand } from './mart-rebuild.ts'

const { given } = specify(martRebuild.decider)
const spaceId = '00000000-0000-7000-8000-000000000001'
const rebuildId = '00000000-0000-7000-8000-000000000002'
const another = '00000000-0000-7000-8000-000000000003'
const at = '2026-05-01T08:00:00.000Z'
const until = '2026-05-31T08:00:00.000Z'
const id = { spaceId, rebuildId }

const digest = (rows: number, of = 'a') => ({ rows, digest: of.repeat(64) })
const comparison = (over: Partial<Comparison> = {}): Comparison => ({
  storagePosition: 7,
  tables: [{ table: 'fct_transactions', before: digest(2), after: digest(2) }],
  sums: [{ currency: 'GBP', before: '-100', after: '-100' }],
  proof: [{ status: 'verified', before: 3, after: 3 }],
  transactions: [],
  ...over,
})

const start: RebuildCommand = { type: 'StartRebuild', ...id, at }
const progress = (filesLoaded: number, files = 100): RebuildCommand => ({
  type: 'RecordProgress',
  ...id,
  at,
  filesLoaded,
  files,
  rowsLoaded: filesLoaded * 10,
})
const compare: RebuildCommand = { type: 'RecordComparison', ...id, at, comparison: comparison() }
const takeOver: RebuildCommand = { type: 'RecordSwitch', ...id, at, by: 'user', oldKeptUntil: until }
const discard = (why: 'user' | 'failed'): RebuildCommand => ({
  type: 'DiscardRebuild',
  ...id,
  at,
  why,
  detail: 'why',
})

const started: MartRebuildEvent = { type: 'MartRebuildStarted', data: { ...id, startedAt: at } }
const progressed = (filesLoaded: number, files = 100): MartRebuildEvent => ({
  type: 'MartRebuildProgressed',
  data: { ...id, filesLoaded, files, rowsLoaded: filesLoaded * 10, progressedAt: at },
})
const compared: MartRebuildEvent = { type: 'MartRebuildCompared', data: { ...id, ...comparison(), comparedAt: at } }
const switched: MartRebuildEvent = {
  type: 'MartRebuildSwitched',
  data: { ...id, by: 'user', oldKeptUntil: until, switchedAt: at },
}
const discarded = (why: 'user' | 'failed' | 'lost'): MartRebuildEvent => ({
  type: 'MartRebuildDiscarded',
  data: { ...id, why, detail: 'why', discardedAt: at },
})

describe('a rebuild of marts', () => {
  it('starts once, one at a time', () => {
    given([]).when(start).then([started])
    given([started]).when(start).thenNothing()
    for (const open of [[started], [started, compared]])
      given(open)
        .when({ ...start, rebuildId: another })
        .thenRefuses('rebuild_running')
    for (const over of [
      [started, compared, switched],
      [started, discarded('failed')],
    ])
      given(over)
        .when({ ...start, rebuildId: another })
        .then([{ type: 'MartRebuildStarted', data: { spaceId, rebuildId: another, startedAt: at } }])
  })

  it('tells its progress in twenty steps at most, and never backwards', () => {
    given([started]).when(progress(4)).thenNothing()
    given([started])
      .when(progress(5))
      .then([progressed(5)])
    given([started, progressed(50)])
      .when(progress(50))
      .thenNothing()
    given([started, progressed(50)])
      .when(progress(10))
      .thenNothing()
    given([started, compared]).when(progress(100)).thenNothing()
  })

  it('is compared once', () => {
    given([started])
      .when(compare)
      .then([compared])
      .leaves({ rebuilds: [{ status: 'compared' }] })
    given([started, compared]).when(compare).thenNothing()
  })

  it('is switched when it was compared, once', () => {
    given([started]).when(takeOver).thenRefuses('rebuild_not_compared')
    given([started, compared])
      .when(takeOver)
      .then([switched])
      .leaves({ rebuilds: [{ oldKeptUntil: until }] })
    given([started, compared, switched]).when(takeOver).thenNothing()
    given([started, compared, discarded('user')])
      .when(takeOver)
      .thenRefuses('rebuild_not_compared')
  })

  it('is discarded at any time before it is switched, once', () => {
    for (const open of [[started], [started, compared]])
      given(open)
        .when(discard('user'))
        .then([discarded('user')])
        .leaves({ rebuilds: [{ status: 'discarded' }] })
    given([started])
      .when(discard('failed'))
      .then([discarded('failed')])
      .leaves({ rebuilds: [{ status: 'failed' }] })
    given([started, discarded('failed')])
      .when(discard('user'))
      .thenNothing()
    given([started, compared, switched]).when(discard('user')).thenRefuses('rebuild_not_compared')
  })

  it('whose marts are lost before they were switched to is given up and begun once more, in one step', () => {
    const beginAgain: RebuildCommand = { type: 'BeginAgain', ...id, at, again: another, detail: 'why' }
    const startedAgain: MartRebuildEvent = {
      type: 'MartRebuildStarted',
      data: { ...id, rebuildId: another, startedAt: at },
    }
    given([started, compared])
      .when(beginAgain)
      .then([discarded('lost'), startedAgain])
    given([started, compared, discarded('lost'), startedAgain])
      .when(beginAgain)
      .thenNothing()
    given([started, compared, switched]).when(beginAgain).thenNothing()
    given([]).when(beginAgain).thenRefuses('rebuild_not_found')
  })

  it('that was discarded under way is told no progress and no comparison', () => {
    given([started, discarded('user')])
      .when(progress(50))
      .thenNothing()
    given([started, discarded('user')])
      .when(compare)
      .thenNothing()
  })

  it('that nobody knows is refused', () => {
    given([]).when(takeOver).thenRefuses('rebuild_not_found')
  })

  it('is the same as before where every count, digest, sum and day of the proof is', () => {
    expect(isSame(comparison())).toBe(true)
    expect(isSame(comparison({ tables: [{ table: 't', before: digest(2), after: digest(2, 'b') }] }))).toBe(false)
    expect(isSame(comparison({ sums: [{ currency: 'GBP', before: '-100', after: null }] }))).toBe(false)
    expect(isSame(comparison({ proof: [{ status: 'gap', before: 0, after: 1 }] }))).toBe(false)
  })
})
