import type { Timing } from './ports.ts'

/** 1, 2, 4 … 60 seconds after the first, second, third … failed attempt, less up to a quarter by chance. */
export function reactionBackoffMs(attempt: number, timing: Timing): number {
  const ceilingMs = Math.min(1000 * 2 ** (attempt - 1), 60_000)
  return Math.round(ceilingMs * (1 - timing.random() / 4))
}
