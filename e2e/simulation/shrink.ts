import type { Fault } from './faults.ts'
import type { Outcome } from './simulation.ts'

/** What is left of a failing run, as positions in the seed's own plan. */
export type Shrunk = { days: number; kept: number[]; outcome: Outcome; runs: number }

type Try = (days: number, faults: readonly Fault[]) => Promise<Outcome>

const mostRuns = 150

/** The fewest days, then the fewest faults, under which the same promise is still broken. */
export async function shrink(failed: Outcome, attempt: Try): Promise<Shrunk> {
  const oracle = failed.failure?.oracle
  const all = failed.faults
  let best = { days: failed.days, kept: all.map((_, n) => n), outcome: failed }
  let runs = 0
  const holds = async (days: number, kept: readonly number[]): Promise<boolean> => {
    if (runs++ >= mostRuns) return false
    const faults = kept.flatMap((n) => all[n] ?? [])
    const outcome = await attempt(days, faults)
    if (outcome.failure?.oracle !== oracle) return false
    best = { days, kept: [...kept], outcome }
    return true
  }
  const within = (days: number) => best.kept.filter((n) => (all[n]?.day ?? 0) <= days)
  // The day of the failure is the longest that is needed; a failure at the end may need fewer.
  let low = 0
  for (let high = Math.min(best.days, failed.failure?.day ?? best.days); low < high; ) {
    const middle = Math.floor((low + high) / 2)
    if (await holds(middle, within(middle))) high = middle
    else low = middle + 1
  }
  if (best.days !== low) await holds(low, within(low))
  for (let size = Math.ceil(best.kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < best.kept.length; ) {
      const fewer = best.kept.filter((_, n) => n < from || n >= from + size)
      if (!(await holds(best.days, fewer))) from += size
    }
  }
  return { ...best, runs }
}
