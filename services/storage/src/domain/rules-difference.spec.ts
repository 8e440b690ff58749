import { packedRows } from '../adapters/packed-rows.ts'
import { AccountRows } from '../application/account-rows.ts'
import { type BankRow, bankRow, ids, normalised, syncContext } from './builders.ts'
import { inOrder, type KnownRow } from './known-rows.ts'
import type { LedgerPlan } from './ledger-plan.ts'
import { differenceOf, planSwitch } from './rules-difference.ts'
import { planSync } from './sync-plan.ts'

/** Rows as one answer left them; two answers of the same bytes stand for two versions of the rules. */
function read(booked: BankRow[], pending: BankRow[] = []) {
  const rows = new AccountRows(packedRows)
  const plan = planSync([], normalised(booked, pending), syncContext())
  rows.apply(plan.decisions, plan.observations)
  return { rows, plan, known: () => rows.since('0000-01-01') }
}
const nobody = new Set<string>()
const tell = (rows: readonly KnownRow[]) =>
  rows.map(({ observationId: _, ...row }) => row).sort((a, b) => a.viewId.localeCompare(b.viewId))
const apply = (rows: AccountRows, plan: LedgerPlan) =>
  rows.apply(inOrder(plan.decisions, plan.links), plan.observations)

describe('the difference that other rules make', () => {
  const old = read([bankRow(), bankRow({ text: 'Bakery' }), bankRow({ amount: '-3.00' })])
  const fresh = read([bankRow(), bankRow({ text: 'BAKERY LTD' })])

  it('is told payment by payment', () => {
    const { unchanged, added, changed, gone } = differenceOf(old.known(), fresh.known(), nobody)
    expect([unchanged, added.length, changed.length, gone.length]).toEqual([1, 0, 1, 1])
    expect(changed[0]).toMatchObject({ before: { description: 'Bakery' }, after: { description: 'BAKERY LTD' } })
    expect(differenceOf(fresh.known(), old.known(), nobody)).toMatchObject({ added: [{ amountMinor: -300n }] })
  })

  it('leaves alone what the user has said something of', () => {
    const settled = new Set(old.known().map((row) => row.transactionId))
    expect(differenceOf(old.known(), fresh.known(), settled)).toEqual({
      unchanged: 0,
      added: [],
      changed: [],
      gone: [],
    })
  })

  it('is gone when it was switched to, and every id is still the one it was', () => {
    const observed = new Map(fresh.plan.observations.map((row) => [row.observation_id, row]))
    const context = { ...syncContext({ decisionSeq: 10 }), syncId: ids.sync(9) }
    const difference = differenceOf(old.known(), fresh.known(), nobody)
    const plan = planSwitch(difference, (id) => observed.get(id), context)
    apply(old.rows, plan)
    expect(tell(old.known())).toEqual(tell(fresh.known()))
    expect(plan.decisions.every((row) => row.rule === 'rules_switched')).toBe(true)
    expect(plan.observations.map((row) => row.observation_id)).not.toEqual([...observed.keys()])
  })
})
