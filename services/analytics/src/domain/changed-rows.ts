import type { BookedRow, Gap, HistoryRow, OtherLeg, Weighed } from './gap.ts'
import { hasLeg } from './row-history.ts'
import { daysBetween, misreading, textKey } from './row-likeness.ts'

type Around = { rows: readonly BookedRow[]; history: readonly HistoryRow[]; legs: readonly OtherLeg[] }
type Why = { because: string; strength: number }

/** Rows of the interval whose amount may have been another, and what speaks for that. */
export function changedRows(gap: Gap, around: Around): Weighed[] {
  return [...restated(gap, around), ...around.rows.filter(({ inInterval }) => inInterval).flatMap(amended)]

  function amended(row: BookedRow): Weighed[] {
    const expectedMinor = row.amountMinor + gap.differenceMinor
    if (expectedMinor === 0n) return []
    const why = whyChanged(row, expectedMinor, gap, around)
    const suspect = { kind: 'changed', amountMinor: gap.differenceMinor, transactionIds: [row.id] } as const
    return why === undefined ? [] : [{ ...suspect, expectedMinor, ...why }]
  }
}

/** The bank shows a row no more and instead one like it with another amount: ours holds both, the balance one of them. */
function restated({ differenceMinor }: Gap, { rows }: Around): Weighed[] {
  return rows
    .filter(({ missing, amountMinor }) => missing && amountMinor === -differenceMinor)
    .flatMap((old) =>
      rows
        .filter(
          (row) =>
            row.inInterval &&
            row !== old &&
            row.amountMinor !== old.amountMinor &&
            textKey(row.text) === textKey(old.text) &&
            daysBetween(row.date, old.date) <= 5,
        )
        .map(
          (row): Weighed => ({
            kind: 'changed',
            amountMinor: differenceMinor,
            transactionIds: [old.id, row.id],
            expectedMinor: row.amountMinor,
            because: 'shown_anew',
            strength: 86,
          }),
        ),
    )
}

function whyChanged(row: BookedRow, expectedMinor: bigint, gap: Gap, around: Around): Why | undefined {
  // Told twice: pending and booked.
  if (row.pendingMinor.includes(row.amountMinor)) return undefined
  if (row.pendingMinor.includes(expectedMinor)) return { because: 'pending_amount', strength: 97 }
  if (hasLeg(expectedMinor, gap, around) && !hasOwnLeg(row, around)) return { because: 'other_leg', strength: 95 }
  const byHistory = whyByHistory(row, expectedMinor, around)
  if (byHistory !== undefined && byHistory.strength > 80) return byHistory
  const how = misreading(row.amountMinor, expectedMinor)
  const misread = how === undefined ? undefined : { because: how, strength: misreadings[how] }
  return strongest([byHistory, misread, slight(row.amountMinor, gap.differenceMinor)])
}

const misreadings = { sign: 82, decimal_point: 76, digits_swapped: 64, one_digit: 41 }

const hasOwnLeg = (row: BookedRow, { legs }: Around): boolean =>
  legs.some((leg) => leg.amountMinor === -row.amountMinor && daysBetween(leg.date, row.date) <= 3)

/** What that payee's rows usually come to. */
function whyByHistory(row: BookedRow, expectedMinor: bigint, { history }: Around): Why | undefined {
  const key = textKey(row.text)
  const amounts = history
    .filter(({ id, text }) => id !== row.id && textKey(text) === key)
    .map(({ amountMinor }) => amountMinor)
  const usual = (minor: bigint) => amounts.filter((amount) => amount === minor).length
  const times = usual(expectedMinor)
  if (times > 0 && usual(row.amountMinor) === 0) return { because: 'usual_amount', strength: times > 1 ? 90 : 84 }
  if (amounts.length < 3) return undefined
  const [least, most] = [smallest(amounts), largest(amounts)]
  const within = (minor: bigint) => minor >= least && minor <= most
  return within(expectedMinor) && !within(row.amountMinor) ? { because: 'usual_range', strength: 68 } : undefined
}

/** A tip, a fee, a rate: up to a quarter more or less. */
function slight(amountMinor: bigint, differenceMinor: bigint): Why | undefined {
  const share = Math.abs(Number(differenceMinor)) / Math.abs(Number(amountMinor))
  return share > 0.25 ? undefined : { because: 'slightly_different', strength: 25 + 15 * (1 - share / 0.25) }
}

const strongest = (all: readonly (Why | undefined)[]): Why | undefined =>
  all.reduce((best, why) => (why !== undefined && why.strength > (best?.strength ?? 0) ? why : best), undefined)
const smallest = (all: readonly bigint[]): bigint => all.reduce((a, b) => (b < a ? b : a))
const largest = (all: readonly bigint[]): bigint => all.reduce((a, b) => (b > a ? b : a))
