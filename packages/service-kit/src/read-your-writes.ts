import type { ReadModel } from '@pf/eventing'

/**
 * A command's answer waits for its own service's read models: undefined when all of them have passed `position` in time,
 * else the position, for the answer's `behind`.
 */
export async function afterOwnReadModel(
  readers: Pick<ReadModel<never>, 'caughtUpTo'> | readonly Pick<ReadModel<never>, 'caughtUpTo'>[],
  position: string | undefined,
  timeoutMs = 2_000,
): Promise<string | undefined> {
  if (position === undefined) return undefined
  const all = Array.isArray(readers) ? readers : [readers]
  const passed = await Promise.all(all.map((reader) => reader.caughtUpTo(position, timeoutMs)))
  return passed.every(Boolean) ? undefined : position
}
