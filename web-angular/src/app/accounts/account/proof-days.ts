import type { ProofInterval } from '../../api/types.ts'
import { addDays, later } from '../../ui/days.ts'

export type DayState = 'verified' | 'gap' | 'unverified'

/** The days of an interval: those after its first statement up to its second; of two on one day, that day. */
export const firstDayOf = ({ from_date, to_date }: ProofInterval): string => {
  const next = addDays(from_date, 1)
  return next < to_date ? next : to_date
}
export const holds = (interval: ProofInterval, day: string): boolean =>
  firstDayOf(interval) <= day && day <= interval.to_date

/** As `fct_proof_days` judges a day (docs/proof.md): a gap that another balance narrows leaves the other days proven. */
export function stateOf(day: string, intervals: readonly ProofInterval[]): DayState {
  const mine = intervals.filter((one) => holds(one, day))
  if (mine.some(isGap)) return 'gap'
  return mine.some(({ status, reason }) => status === 'verified' || reason === 'narrowed') ? 'verified' : 'unverified'
}

const isGap = ({ status, reason }: ProofInterval): boolean => status === 'gap' && reason !== 'narrowed'

/** What tells of a day: its gap before all, else what proves it closest, else whatever was compared. */
export function tellingOf(day: string, intervals: readonly ProofInterval[]): ProofInterval | undefined {
  const weight = (one: ProofInterval) => (isGap(one) ? 0 : one.status === 'verified' ? 1 : 2)
  return intervals
    .filter((one) => holds(one, day))
    .sort(
      (a, b) => weight(a) - weight(b) || b.from_date.localeCompare(a.from_date) || a.to_date.localeCompare(b.to_date),
    )[0]
}

/** One after the other, days of one state: what the rule below a chart of balances is drawn of. */
export function stretchesOf(
  from: string,
  to: string,
  intervals: readonly ProofInterval[],
): { from: string; to: string; state: DayState }[] {
  const near = intervals.filter((one) => one.to_date >= from && one.from_date <= to)
  const stretches: { from: string; to: string; state: DayState }[] = []
  for (let day = from; day <= to; day = addDays(day, 1)) {
    const state = stateOf(day, near)
    const last = stretches.at(-1)
    if (last?.state === state) last.to = later(last.to, day)
    else stretches.push({ from: day, to: day, state })
  }
  return stretches
}
