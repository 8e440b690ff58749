import fc from 'fast-check'
import { packedRows } from '../adapters/packed-rows.ts'
import { bankRow, normalised, syncContext } from '../domain/builders.ts'
import type { KnownDecision, KnownObservation } from '../domain/known-rows.ts'
import { planSync } from '../domain/sync-plan.ts'
import { AccountRows } from './account-rows.ts'

type Said = { booked: { day: number; pence: number }[]; pending: { day: number; pence: number }[] }

/** Some answers of a bank one after another; what was decided on each, and the rows that were held then. */
function history(answers: readonly Said[]) {
  const rows = new AccountRows(packedRows)
  const written: { decided: readonly KnownDecision[]; observed: readonly KnownObservation[] }[] = []
  let decisionSeq = 0
  for (const [i, { booked, pending }] of answers.entries()) {
    const plan = planSync(
      rows.since('2026-01-01'),
      normalised(booked.map(toBank), pending.map(toBank)),
      syncContext({
        syncId: `sync-${i}`,
        window: { from: '2026-08-01', to: '2026-10-31' },
        raw: { key: `raw/${i}.zst`, sha256: `${i}`.padStart(64, '0') },
        decisionSeq,
      }),
    )
    decisionSeq = plan.decisionSeq
    rows.apply(plan.decisions, plan.observations)
    written.push({ decided: plan.decisions, observed: plan.observations })
  }
  return { rows, written }
}

const toBank = ({ day, pence }: { day: number; pence: number }) =>
  bankRow({
    date: new Date(Date.UTC(2026, 7, 1 + day)).toISOString().slice(0, 10),
    amount: (-pence / 100).toFixed(2),
    text: `Shop ${pence}`,
  })

const payments = fc.array(fc.record({ day: fc.nat(80), pence: fc.integer({ min: 1, max: 4 }) }), { maxLength: 12 })
const answers = fc.array(fc.record({ booked: payments, pending: payments }), { minLength: 1, maxLength: 5 })
const sorted = (rows: AccountRows) =>
  rows.since('0000-01-01').sort((a, b) => a.transactionId.localeCompare(b.transactionId))

describe("an account's rows", () => {
  it('folded from all files at once are those folded sync by sync', () => {
    fc.assert(
      fc.property(answers, (said) => {
        const { rows, written } = history(said)
        const rebuilt = new AccountRows(packedRows)
        rebuilt.apply(
          written.flatMap(({ decided }) => decided),
          written.flatMap(({ observed }) => observed),
        )
        expect(sorted(rebuilt)).toEqual(sorted(rows))
      }),
      { numRuns: 100 },
    )
  })

  it('that the bank shows now are booked and pending as it shows them, the same number of each', () => {
    fc.assert(
      fc.property(answers, (said) => {
        const shown = sorted(history(said).rows).filter((row) => !row.flags.includes('missing_upstream'))
        const last = said.at(-1)!
        const wanted = normalised(last.booked.map(toBank), last.pending.map(toBank)).rows
        const tell = (row: { date: string; amountMinor: bigint }, status: string) =>
          `${row.date} ${row.amountMinor} ${status}`
        expect(shown.map((row) => tell(row, row.status)).sort()).toEqual(
          wanted.map((row) => tell(row, row.section)).sort(),
        )
      }),
      { numRuns: 100 },
    )
  })

  it('of a window are those of its days, and every pending one', () => {
    const { rows } = history([
      {
        booked: [
          { day: 0, pence: 1 },
          { day: 40, pence: 2 },
          { day: 80, pence: 3 },
        ],
        pending: [{ day: 1, pence: 4 }],
      },
    ])
    expect(rows.since('2026-09-01').map((row) => [row.date, row.status])).toEqual(
      expect.arrayContaining([
        ['2026-08-02', 'pending'],
        ['2026-09-10', 'booked'],
        ['2026-10-20', 'booked'],
      ]),
    )
    expect(rows.since('2026-09-01')).toHaveLength(3)
  })

  it('take no more than 300 bytes each, so that 50,000 fit into 15 MB', () => {
    const rows = new AccountRows(packedRows)
    const booked = Array.from({ length: 2_000 }, (_, i) =>
      bankRow({ id: `bank-id-${i * 7919}`, amount: `-${i}.99`, text: `CARD PAYMENT TO SHOP ${i % 700}` }),
    )
    const plan = planSync([], normalised(booked), syncContext())
    rows.apply(plan.decisions, plan.observations)
    expect(rows.since('2026-10-01')).toHaveLength(2_000)
    expect(rows.size).toBeLessThan(2_000 * 300)
  })

  it('cannot be folded where an observation is missing', () => {
    const [first] = history([{ booked: [{ day: 1, pence: 1 }], pending: [] }]).written
    expect(() => new AccountRows(packedRows).apply(first!.decided, [])).toThrow('which no file of the manifest holds')
  })
})
