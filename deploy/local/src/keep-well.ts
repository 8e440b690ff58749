import { setTimeout as wait } from 'node:timers/promises'

export type Patient = {
  /** What is wrong with it that only a new start heals, in words; undefined where nothing is, or where it does not answer. */
  ill(): Promise<string | undefined>
  restart(): Promise<void>
}

export type Rounds = { everyMs: number; longestMs: number }
const usual: Rounds = { everyMs: 5_000, longestMs: 60_000 }

/**
 * Looks after a child that lives and does not work any more: ill twice in a row, it is told and started anew. Where that
 * does not last the pauses double, up to a minute: the disk may stay full for long.
 */
export async function keepWell(
  patient: Patient,
  tell: (why: string) => void,
  signal: AbortSignal,
  { everyMs, longestMs }: Rounds = usual,
): Promise<void> {
  let pauseMs = everyMs
  let wasIll = false
  while (!signal.aborted) {
    await wait(pauseMs, undefined, { signal, ref: false }).catch(() => undefined)
    if (signal.aborted) return
    const why = await patient.ill()
    if (why === undefined) pauseMs = everyMs
    if (why !== undefined && wasIll && !signal.aborted) {
      tell(why)
      await patient.restart().catch((error: unknown) => tell(String(error)))
      pauseMs = Math.min(pauseMs * 2, longestMs)
      wasIll = false
    } else wasIll = why !== undefined
  }
}
