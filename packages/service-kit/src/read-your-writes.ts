import type { Context } from '@pf/contracts'
import { type EventLog, encodePosition, type ReadModel } from '@pf/eventing'

type Reader = Pick<ReadModel<never>, 'caughtUpTo'>

/** How long an erasure waits for the read models to have all that the log has; then it is tried again. */
const wholeLogMs = 10_000

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

/** Resolves when the read models of this context have all that its log has now; throws `read_models_behind` after 10 s. */
export async function awaitWholeLog(
  log: Pick<EventLog, 'info'>,
  context: Context,
  readers: readonly Reader[],
): Promise<void> {
  const position = encodePosition({ [context]: (await log.info(context)).lastSeq })
  if ((await afterOwnReadModel(readers, position, wholeLogMs)) === undefined) return
  throw new Error(`read_models_behind: ${context} has not read its log to the end within ${wholeLogMs} ms.`)
}
