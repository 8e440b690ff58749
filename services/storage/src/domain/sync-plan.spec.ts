import type { HeldRow, NormalisedRow } from '@pf/providers/rules'
import fc from 'fast-check'
import { packedRows } from '../adapters/packed-rows.ts'
import { AccountRows } from '../application/account-rows.ts'
import { bankRow, normalised, syncContext } from './builders.ts'
import { foldHeld, type HeldRows } from './held-rows.ts'
import { inOrder, type KnownRow } from './known-rows.ts'
import { planSync, type SyncContext, type SyncPlan } from './sync-plan.ts'

/** An account whose answers come one after another, each against what was decided before. */
function account() {
  const rows = new AccountRows(packedRows)
  let held: HeldRows = new Map()
  let sync = 0
  let decisionSeq = 0
  const covered: Record<string, { from: string; to: string }[]> = {}
  const known = (): KnownRow[] => rows.since('0000-01-01').sort((a, b) => a.date.localeCompare(b.date))
  return {
    known,
    payments: () => known().filter((row) => !row.linked),
    held: () => [...held.values()],
    says(answer: { rows: NormalisedRow[]; held: HeldRow[] }, over: Partial<SyncContext> = {}): SyncPlan {
      sync += 1
      const raw = { key: `raw/s/a/${sync}.zst`, sha256: String(sync).padStart(64, '0') }
      const context = syncContext({ syncId: `sync-${sync}`, raw, decisionSeq, held, covered: { ...covered }, ...over })
      const plan = planSync(known(), answer, context)
      decisionSeq = plan.decisionSeq
      covered[context.source] = [...(covered[context.source] ?? []), context.window]
      rows.apply(inOrder(plan.decisions, plan.links), plan.observations)
      held = foldHeld(held, plan.held)
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
    expect(bank.payments()).toMatchObject([{ status: 'booked', date: '2026-10-31' }])
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

describe('a second source of the account', () => {
  const gocardless = { source: 'gocardless' }
  const file = { source: 'file-csv', connectionId: '', exhaustive: false }
  const shop = { text: 'Corner shop' }

  it('that tells the same payments adds none of them, whatever ids and days it gives them', () => {
    const bank = account()
    bank.says(normalised([bankRow({ id: 'tx-0001' }), bankRow({ id: 'tx-0002' })]), gocardless)
    const plan = bank.says(normalised([bankRow({ date: '2026-10-06' }), bankRow({ date: '2026-10-06' })]), file)
    expect(plan).toMatchObject({ linked: 2, decisions: [], counts: { added: 0, unchanged: 2, held: 0 } })
    expect(bank.payments()).toHaveLength(2)
  })

  it('changes nothing when it says them again', () => {
    const bank = account()
    bank.says(normalised([bankRow({ id: 'tx-0001' })]), gocardless)
    bank.says(normalised([bankRow()]), file)
    expect(bank.says(normalised([bankRow()]), file)).toMatchObject({ linked: 0, links: [], decisions: [] })
  })

  it('never writes over what the first one said, nor marks it as missing', () => {
    const bank = account()
    bank.says(normalised([bankRow({ id: 'tx-0001', text: 'CORNER SHOP 4711' })]), gocardless)
    bank.says(normalised([bankRow({ ...shop, date: '2026-10-06' })]), file)
    bank.says(normalised([]), file)
    expect(bank.payments()).toMatchObject([{ description: 'CORNER SHOP 4711', date: '2026-10-05', flags: [] }])
  })

  it('that tells more in days which both cover has the surplus held, and told once', () => {
    const bank = account()
    bank.says(normalised([bankRow({ id: 'tx-0001' })]), gocardless)
    const answer = normalised([bankRow(), bankRow()])
    expect(bank.says(answer, file)).toMatchObject({ linked: 1, counts: { added: 0, held: 1 } })
    expect(bank.says(answer, file)).toMatchObject({ held: [], counts: { held: 1 } })
    expect(bank.held()).toMatchObject([{ reason: 'sources_differ', source: 'file-csv', description: 'Corner shop' }])
  })

  it('that books a payment late, in days which both told, adds it at once; the first one finds it there', () => {
    const bank = account()
    const other = { source: 'enable-banking' }
    bank.says(normalised([bankRow({ id: 'tx-0001' })]), gocardless)
    bank.says(normalised([bankRow({ id: 'EB-0001' })]), other)
    const late = bankRow({ id: 'EB-0002', date: '2026-10-07', amount: '-24.75', text: 'Parking' })
    expect(bank.says(normalised([bankRow({ id: 'EB-0001' }), late]), other)).toMatchObject({
      counts: { added: 1, held: 0 },
    })
    const told = normalised([bankRow({ id: 'tx-0001' }), bankRow({ ...late, id: 'tx-0002' })])
    expect(bank.says(told, gocardless)).toMatchObject({ linked: 1, counts: { added: 0, held: 0 } })
    expect(bank.payments()).toHaveLength(2)
  })

  it('that lets go of a payment and tells an equal amount in other words has that held', () => {
    const bank = account()
    const other = { source: 'enable-banking' }
    bank.says(normalised([bankRow({ id: 'tx-0001' })]), gocardless)
    bank.says(normalised([bankRow({ id: 'EB-0001' })]), other)
    const reworded = normalised([bankRow({ id: 'EB-0009', text: 'Xyzzy', date: '2026-10-12' })])
    for (let n = 0; n < 2; n++) expect(bank.says(reworded, other).counts).toMatchObject({ added: 0, held: 1 })
    expect(bank.payments()).toHaveLength(1)
  })

  it('whose surplus was held has it held as long as it comes', () => {
    const bank = account()
    const other = { source: 'enable-banking' }
    bank.says(normalised([bankRow({ id: 'tx-0001' })]), gocardless)
    const answer = normalised([bankRow({ id: 'EB-0001' }), bankRow({ id: 'EB-0002' })])
    for (let n = 0; n < 3; n++) expect(bank.says(answer, other).counts).toMatchObject({ added: 0, held: 1 })
    expect(bank.payments()).toHaveLength(1)
  })

  it('has its surplus let go when the first one tells it after all', () => {
    const bank = account()
    bank.says(normalised([bankRow({ id: 'tx-0001' })]), gocardless)
    const answer = normalised([bankRow(), bankRow()])
    bank.says(answer, file)
    bank.says(normalised([bankRow({ id: 'tx-0001' }), bankRow({ id: 'tx-0002' })]), gocardless)
    expect(bank.says(answer, file)).toMatchObject({ linked: 1, counts: { held: 0 } })
    expect(bank.held()).toEqual([])
    expect(bank.payments()).toHaveLength(2)
  })

  it('before the days of the first one adds what it tells', () => {
    const bank = account()
    bank.says(normalised([bankRow({ id: 'tx-0001' })]), gocardless)
    const window = { from: '2026-08-01', to: '2026-10-31' }
    const plan = bank.says(normalised([bankRow({ date: '2026-08-15' }), bankRow()]), { ...file, window })
    expect(plan).toMatchObject({ linked: 1, counts: { added: 1, held: 0 } })
  })

  it('that books what is pending with the first one has it booked, under its first id', () => {
    const bank = account()
    const first = bank.says(normalised([], [bankRow({ date: '2026-10-29' })]), gocardless)
    bank.says(normalised([bankRow({ date: '2026-10-30' })]), file)
    const [paid, ...more] = bank.payments()
    expect(more).toEqual([])
    expect(paid).toMatchObject({
      transactionId: first.decisions[0]!.transaction_id,
      status: 'booked',
      date: '2026-10-30',
      source: 'file-csv',
    })
    bank.says(normalised([bankRow({ date: '2026-10-31' })]), gocardless)
    expect(bank.payments()).toMatchObject([{ transactionId: paid!.transactionId, date: '2026-10-30' }])
  })

  it('keeps a payment that the first one knew as pending and dropped', () => {
    const bank = account()
    bank.says(normalised([], [bankRow({ date: '2026-10-29' })]), gocardless)
    bank.says(normalised([], [bankRow({ date: '2026-10-29' })]), { source: 'enable-banking' })
    bank.says(normalised([]), gocardless)
    expect(bank.payments()).toMatchObject([{ status: 'pending', source: 'enable-banking' }])
    bank.says(normalised([]), { source: 'enable-banking' })
    expect(bank.known()).toEqual([])
  })
})

describe('a row that is held', () => {
  it('is one row however often it comes, and two where two equal ones come', () => {
    const bank = account()
    const raw = { rawRow: () => ({ amount: 'twelve' }) }
    bank.says(normalised([bankRow({ amount: 'twelve' })]), raw)
    bank.says(normalised([bankRow({ amount: 'twelve' })]), raw)
    expect(bank.held()).toHaveLength(1)
    bank.says(normalised([bankRow({ amount: 'twelve' }), bankRow({ amount: 'twelve' })]), raw)
    expect(bank.held()).toHaveLength(2)
  })

  it('is let go when the bank sends it readable', () => {
    const bank = account()
    bank.says(normalised([bankRow({ amount: 'twelve' })]))
    const plan = bank.says(normalised([bankRow()]))
    expect(plan).toMatchObject({ held: [{ kind: 'released' }], counts: { added: 1 } })
    expect(bank.held()).toEqual([])
  })

  it('stays where the answer does not reach back to its day', () => {
    const bank = account()
    bank.says(normalised([bankRow({ amount: 'twelve' })]))
    bank.says(normalised([]), { window: { from: '2026-10-20', to: '2026-10-31' } })
    expect(bank.held()).toMatchObject([{ reason: 'amount_unparsable', date: '2026-10-05', amount_minor: null }])
  })

  it('that the user made a payment of is seen as long as it comes', () => {
    const bank = account()
    const transactionId = bank.says(normalised([bankRow({ id: 'tx-0001' })])).decisions[0]!.transaction_id
    bank.says(normalised([bankRow({ amount: 'twelve' }), bankRow({ id: 'tx-0001' })]))
    const heldId = bank.held()[0]!.held_id
    const words = { [heldId]: { verdict: 'accept' as const, transactionId, decidedAt: '2026-10-31T09:00:00.000Z' } }
    const plan = bank.says(normalised([bankRow({ amount: 'twelve' })]), { words, rawRow: () => ({ index: 0 }) })
    expect(plan).toMatchObject({ vanished: 0, counts: { held: 0, unchanged: 1 } })
  })
})

describe('two sources of one account', () => {
  const payments = fc.array(
    fc.record({ day: fc.integer({ min: 8, max: 20 }), pence: fc.integer({ min: 1, max: 3 }) }),
    {
      maxLength: 8,
    },
  )
  const toBank =
    (texts: string) =>
    ({ day, pence }: { day: number; pence: number }) =>
      bankRow({ date: `2026-10-${String(day).padStart(2, '0')}`, amount: (-pence / 100).toFixed(2), text: texts })

  it('told in any order and any number of times leave each real payment once', () => {
    fc.assert(
      fc.property(payments, fc.array(fc.boolean(), { minLength: 2, maxLength: 6 }), (real, order) => {
        const bank = account()
        for (const first of order) {
          bank.says(normalised(real.map(toBank(first ? 'CARD 4711' : 'Corner shop'))), {
            source: first ? 'gocardless' : 'file-csv',
          })
        }
        const tell = (row: { date: string; amountMinor: bigint }) => `${row.date} ${row.amountMinor}`
        const wanted = normalised(real.map(toBank(''))).rows.map(tell)
        expect(bank.payments().map(tell).sort()).toEqual(wanted.sort())
        expect(bank.held()).toEqual([])
      }),
    )
  })
})
