import { packedRows } from '../adapters/packed-rows.ts'
import { AccountRows } from '../application/account-rows.ts'
import { bankRow, normalised, syncContext } from './builders.ts'
import { inOrder, type KnownRow } from './known-rows.ts'
import {
  bestOf,
  byUser,
  daysBetween,
  decide,
  demote,
  emptyPlan,
  type LedgerPlan,
  observe,
  promote,
} from './ledger-plan.ts'

const context = syncContext()
const [row] = normalised([bankRow({ text: 'As the file has it' })]).rows

/** A payment of one view, and what it is after each plan. */
function payment() {
  const rows = new AccountRows(packedRows)
  const first = emptyPlan(context)
  decide(first, 'payment', observe(first, row!, context, context), undefined, byUser('new'), context)
  const apply = (plan: LedgerPlan) => rows.apply(inOrder(plan.decisions, plan.links), plan.observations)
  apply(first)
  const known = (): KnownRow[] => rows.since('0000-01-01')
  return { apply, known, after: () => ({ ...context, decisionSeq: first.decisionSeq }) }
}

describe('a payment', () => {
  it('that has a new primary view keeps the other one beside it, and can have it back', () => {
    const { apply, known, after } = payment()
    const [primary] = known()
    const plan = emptyPlan(after())
    const other = { ...context, source: 'enable-banking', raw: { key: 'raw/2', sha256: '2'.repeat(64) } }
    const [said] = normalised([bankRow({ text: 'As the bank has it' })]).rows
    decide(plan, 'payment', observe(plan, said!, other, context), primary!.date, byUser('changed'), context)
    demote(plan, primary!, 'payment', byUser('linked'), context)
    apply(plan)
    expect(known().map((view) => [view.linked, view.description])).toEqual([
      [false, 'As the bank has it'],
      [true, 'As the file has it'],
    ])
    const back = emptyPlan({ decisionSeq: plan.decisionSeq })
    const demoted = known().find((view) => view.linked)!
    promote(back, demoted, { transactionId: 'payment', prevDate: primary!.date }, byUser('restored'), context)
    apply(back)
    expect(known().map((view) => [view.linked, view.viewId, view.description])).toEqual([
      [false, 'payment', 'As the file has it'],
    ])
  })

  it('is best told by a source that still shows it, booked before pending', () => {
    const [view] = payment().known()
    const missing: KnownRow = { ...view!, flags: ['missing_upstream'] }
    const pending: KnownRow = { ...view!, status: 'pending' }
    expect(bestOf([missing, pending, view!])).toBe(view)
    expect(bestOf([missing, pending])).toBe(pending)
    expect(bestOf([])).toBeUndefined()
  })
})

describe('days', () => {
  it('are counted either way', () => {
    expect([daysBetween('2026-10-31', '2026-11-02'), daysBetween('2026-11-02', '2026-10-31')]).toEqual([2, 2])
  })
})
