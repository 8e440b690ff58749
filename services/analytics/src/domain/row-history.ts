import type { Gap, HistoryRow, OtherLeg } from './gap.ts'
import { daysBetween, shifted, textKey } from './row-likeness.ts'

type Around = { rows: readonly { date: string; amountMinor: bigint }[]; legs: readonly OtherLeg[] }

/** As pairing transfers has it (analytics/README.md). */
const legDays = 3

/** A row of an own account elsewhere would be the other leg of `amountMinor`, and has none here. */
export function hasLeg(amountMinor: bigint, { fromDate, toDate }: Pick<Gap, 'fromDate' | 'toDate'>, around: Around) {
  const near = (date: string) => date >= shifted(fromDate, -legDays) && date <= shifted(toDate, legDays)
  const legs = around.legs.filter((leg) => leg.amountMinor === -amountMinor && near(leg.date))
  const paired = around.rows.filter((row) => row.amountMinor === amountMinor && near(row.date))
  return legs.length > paired.length
}

export const amountSeen = (amountMinor: bigint, { history }: { history: readonly HistoryRow[] }): boolean =>
  history.some((row) => !row.inInterval && row.amountMinor === amountMinor)

/** A week, a fortnight, four weeks or a month, or a few of these, give or take. */
const rhythms = [
  { days: 7, slack: 0 },
  { days: 28, slack: 0 },
  { days: 30.44, slack: 3 },
]
const mostBeats = 3

/** How often this very amount came in a rhythm that makes it due in the gap, where that payee's row is not there. */
export function expectedAgain(gap: Gap, { history }: { history: readonly HistoryRow[] }): number {
  const byPayee = Map.groupBy(history, ({ text }) => textKey(text))
  let most = 0
  for (const rows of byPayee.values()) {
    const came = rows.some(({ date }) => date > shifted(gap.fromDate, -6) && date <= shifted(gap.toDate, 6))
    if (came) continue
    const before = rows.filter((row) => row.amountMinor === gap.differenceMinor && row.date <= gap.fromDate)
    most = Math.max(most, before.filter(({ date }) => isDue(date, gap)).length)
  }
  return most
}

function isDue(date: string, { fromDate, toDate }: Gap): boolean {
  return rhythms.some(({ days, slack }) => {
    for (let beat = 1; beat <= mostBeats; beat++) {
      const due = days * beat
      const [least, most] = [daysBetween(date, fromDate), daysBetween(date, toDate)]
      if (due >= least - slack && due <= most + slack) return true
    }
    return false
  })
}
