import type { HeldRow, NormalisedRow } from '@pf/providers/rules'
import { bankRow, normalised, syncContext } from './builders.ts'
import { foldDecisions, type KnownRow, monthsOf, type RowsByMonth } from './known-rows.ts'
import { planSync, type SyncContext, type SyncPlan } from './sync-plan.ts'

/** An account whose answers come one after another, each against what was decided before. */
function account() {
  const months: RowsByMonth = new Map()
  let sync = 0
  let decisionSeq = 0
  const known = (): KnownRow[] => [...months.values()].flatMap((rows) => [...rows.values()])
  return {
    known,
    says(answer: { rows: NormalisedRow[]; held: HeldRow[] }, over: Partial<SyncContext> = {}): SyncPlan {
      sync += 1
      const raw = { key: `raw/s/a/${sync}.zst`, sha256: String(sync).padStart(64, '0') }
      const plan = planSync(known(), answer, syncContext({ syncId: `sync-${sync}`, raw, decisionSeq, ...over }))
      decisionSeq = plan.decisionSeq
      for (const month of monthsOf(plan.decisions)) if (!months.has(month)) months.set(month, new Map())
      foldDecisions(months, plan.decisions, new Map(plan.observations.map((row) => [row.observation_id, row])))
      return plan
    },
  }
}

describe('a first answer', () => {
  it('is written whole, in order, each row once', () => {
    const plan = account().says(normalised([bankRow({ id: 'tx-0001' }), bankRow({ id: 'tx-0002', amount: '3.00' })]))
    expect(plan.counts).toEqual({ observed: 2, added: 2, updated: 0, unchanged: 0, held: 0 })
    expect(plan.observations.map((row) => [row.row_index, row.amount_minor, row.amount])).toEqual([
      [0, -1250n, -125_000n],
      [1, 300n, 30_000n],
    ])
    expect(plan.decisions).toMatchObject([
      { decision_seq: 1n, kind: 'new', rule: 'minted', status: 'booked', missing_upstream: false, prev_date: null },
      { decision_seq: 2n, kind: 'new' },
    ])
    expect(plan.decisions.map((row) => row.observation_id)).toEqual(plan.observations.map((row) => row.observation_id))
  })

  it('mints the same ids when it is decided again', () => {
    const answer = normalised([bankRow(), bankRow()])
    expect(account().says(answer)).toEqual(account().says(answer))
  })

  it('gives two equal payments two ids', () => {
    const { decisions } = account().says(normalised([bankRow(), bankRow()]))
    expect(new Set(decisions.map((row) => row.transaction_id)).size).toBe(2)
  })

  it('keeps a row that cannot be read where it lies and says why', () => {
    const plan = account().says(normalised([bankRow({ amount: '12,500' }), bankRow()]))
    expect(plan.held).toEqual([
      expect.objectContaining({
        row_index: 0,
        section: 'booked',
        reason: 'amount_ambiguous',
        payload_pointer: 'raw/s/a/1.zst#0',
      }),
    ])
    expect(plan.counts).toEqual({ observed: 2, added: 1, updated: 0, unchanged: 0, held: 1 })
  })
})

describe('a later answer', () => {
  it('that says the same writes nothing', () => {
    const bank = account()
    bank.says(normalised([bankRow({ id: 'tx-0001' }), bankRow()]))
    const plan = bank.says(normalised([bankRow({ id: 'tx-0001' }), bankRow()]))
    expect(plan).toMatchObject({ observations: [], decisions: [], decisionSeq: 2, vanished: 0 })
    expect(plan.counts).toEqual({ observed: 2, added: 0, updated: 0, unchanged: 2, held: 0 })
  })

  it('writes what is new and what changed, and numbers on', () => {
    const bank = account()
    const first = bank.says(normalised([bankRow({ id: 'tx-0001' }), bankRow({ id: 'tx-0002' })]))
    const plan = bank.says(
      normalised([
        bankRow({ id: 'tx-0001' }),
        bankRow({ id: 'tx-0002', date: '2026-10-07' }),
        bankRow({ id: 'tx-0003' }),
      ]),
    )
    expect(plan.counts).toEqual({ observed: 3, added: 1, updated: 1, unchanged: 1, held: 0 })
    expect(plan.decisions).toMatchObject([
      {
        decision_seq: 3n,
        kind: 'changed',
        transaction_id: first.decisions[1]!.transaction_id,
        date: '2026-10-07',
        prev_date: '2026-10-05',
      },
      { decision_seq: 4n, kind: 'new', prev_date: null },
    ])
  })

  it('lets a pending payment keep its id when it is booked', () => {
    const bank = account()
    const card = { text: 'Card payment Corner shop', amount: '-4.20' }
    const pending = bank.says(normalised([], [bankRow({ ...card, date: '2026-10-29' })]))
    const plan = bank.says(normalised([bankRow({ ...card, date: '2026-10-31' })]))
    expect(pending.decisions).toMatchObject([{ status: 'pending' }])
    expect(plan.decisions).toMatchObject([
      {
        kind: 'booked_from_pending',
        transaction_id: pending.decisions[0]!.transaction_id,
        status: 'booked',
        prev_date: '2026-10-29',
      },
    ])
    expect(bank.known()).toMatchObject([{ status: 'booked', date: '2026-10-31' }])
  })

  it('ends a pending payment that is neither shown nor booked', () => {
    const bank = account()
    bank.says(normalised([], [bankRow({ amount: '-1.00' })]))
    const plan = bank.says(normalised([]))
    expect(plan.decisions).toMatchObject([{ kind: 'pending_gone', status: 'gone', missing_upstream: false }])
    expect(bank.known()).toEqual([])
  })

  it('flags a booked payment that the bank no longer shows, once, under its last observation', () => {
    const bank = account()
    const first = bank.says(normalised([bankRow({ id: 'tx-0001' })]))
    const plan = bank.says(normalised([]))
    expect(plan).toMatchObject({ observations: [], vanished: 1 })
    expect(plan.decisions).toMatchObject([
      {
        kind: 'vanished',
        rule: 'absent',
        status: 'booked',
        missing_upstream: true,
        transaction_id: first.decisions[0]!.transaction_id,
        observation_id: first.observations[0]!.observation_id,
      },
    ])
    expect(bank.says(normalised([]))).toMatchObject({ decisions: [], vanished: 0 })
  })

  it('takes the flag away when the payment comes back', () => {
    const bank = account()
    const first = bank.says(normalised([bankRow({ id: 'tx-0001' })]))
    bank.says(normalised([]))
    const plan = bank.says(normalised([bankRow({ id: 'tx-0001' })]))
    expect(plan.decisions).toMatchObject([
      { missing_upstream: false, status: 'booked', transaction_id: first.decisions[0]!.transaction_id },
    ])
  })

  it('leaves rows before its window alone', () => {
    const bank = account()
    bank.says(normalised([bankRow({ date: '2026-10-05' })]))
    const window = { from: '2026-10-20', to: '2026-10-31' }
    expect(bank.says(normalised([]), { window })).toMatchObject({ decisions: [], vanished: 0 })
  })

  it('never matches rows of another source', () => {
    const bank = account()
    bank.says(normalised([bankRow({ id: 'tx-0001' })]), { source: 'gocardless' })
    const plan = bank.says(normalised([bankRow({ id: 'tx-0001' })]))
    expect(plan).toMatchObject({ vanished: 0, counts: { added: 1 } })
  })

  it('never mints the id of a payment that is there, even where the same bytes are read differently', () => {
    const raw = { key: 'raw/s/a/same.zst', sha256: '7'.repeat(64) }
    const bank = account()
    const before = bank.says(normalised([bankRow({ amount: '-1.00', text: 'Alpha' })]), { raw })
    const after = bank.says(normalised([bankRow({ amount: '-2.00', text: 'Beta' })]), { raw })
    const minted = after.decisions.find((row) => row.kind === 'new')
    expect(minted?.transaction_id).toEqual(expect.any(String))
    expect(minted?.transaction_id).not.toBe(before.decisions[0]!.transaction_id)
  })
})
