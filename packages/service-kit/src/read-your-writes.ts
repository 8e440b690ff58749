import type { Context } from '@pf/contracts'
import { type EventLog, encodePosition, type ReadModel } from '@pf/eventing'

type Reader = Pick<ReadModel<never>, 'caughtUpTo'>

/** A read model, and how many messages it has not taken yet. */
type Followed = { reader: Reader; lag(): Promise<number> }

/** An erasure waits for the read models to have all that the log has; once they stand still for so long it is tried again. */
const noProgressMs = 10_000
/** Mostly they have it within milliseconds; after so long it is looked at why not. */
const firstLookMs = 500

/**
 * A command's answer waits for its own service's read models: undefined when all of them have passed `position` in time,
 * else the position, for the answer's `behind`.
 */
export async function afterOwnReadModel(
  readers: Reader | readonly Reader[],
  position: string | undefined,
  timeoutMs = 2_000,
): Promise<string | undefined> {
  if (position === undefined) return undefined
  const all = Array.isArray(readers) ? readers : [readers]
  const passed = await Promise.all(all.map((reader) => reader.caughtUpTo(position, timeoutMs)))
  return passed.every(Boolean) ? undefined : position
}

/**
 * Resolves when the read models of this context have all that its log has now, however long that takes: after a restore they
 * are made from its first message. Throws `read_models_behind` once they have not come any further for 10 s, and what stopped one of them.
 */
export async function awaitWholeLog(
  log: Pick<EventLog, 'info'>,
  context: Context,
  projections: readonly Followed[],
  onWait: (behind: number) => void = () => undefined,
): Promise<void> {
  const position = encodePosition({ [context]: (await log.info(context)).lastSeq })
  const readers = projections.map(({ reader }) => reader)
  for (let least = Number.POSITIVE_INFINITY; ; ) {
    const waitMs = least === Number.POSITIVE_INFINITY ? firstLookMs : noProgressMs
    if ((await afterOwnReadModel(readers, position, waitMs)) === undefined) return
    const lags = await Promise.all(projections.map((projection) => projection.lag()))
    const behind = lags.reduce((sum, lag) => sum + lag, 0)
    // Nothing is left to be read, and the end is never reached: the log's last messages were erased before they were read.
    if (behind === 0) return
    if (behind >= least) {
      throw new Error(
        `read_models_behind: ${context} is ${behind} messages short of its log's end, and no nearer to it after ${noProgressMs} ms.`,
      )
    }
    least = behind
    onWait(behind)
  }
}
