import { type EventLog, readHistory } from '@pf/eventing'
import { openSealer } from '@pf/eventing/testing'
import { laterTallyEvents, spaceId, type TallyEvent, type TallyRow } from '../programs/tally.ts'
import type { Program } from './program.ts'

/** Reads what today's release has written, and the one after it. */
const everyVersion = laterTallyEvents

/**
 * All commands that the log holds of these tallies, by id, with what they added. Throws LogBroken where versions are not
 * contiguous or hashes are not chained.
 */
export async function commandsIn(log: EventLog, tallies: readonly string[]): Promise<Map<string, number[]>> {
  const commands = new Map<string, number[]>()
  for (const aggregateId of tallies) {
    const history = await readHistory<TallyEvent>(everyVersion, { spaceId, aggregateId }, { log, sealer: openSealer() })
    for (const { commandId, events } of history) {
      const added = events.reduce((sum, { data }) => sum + data.by, 0)
      commands.set(commandId, [...(commands.get(commandId) ?? []), added])
    }
  }
  return commands
}

export const ackedBy = (...writers: readonly Program[]): string[] =>
  writers.flatMap((writer) => writer.all('acked').map(({ id }) => String(id)))

/** The oracle of the store: every acknowledged command stands in the log once, and nothing else stands there twice. */
export async function expectEveryCommandOnce(
  log: EventLog,
  tallies: readonly string[],
  acked: readonly string[],
): Promise<void> {
  const commands = await commandsIn(log, tallies)
  expect(acked.filter((id) => commands.get(id)?.length !== 1)).toEqual([])
  expect([...commands].filter(([, times]) => times.length !== 1)).toEqual([])
}

/** What the rows have to be: the fold of the log, computed without any projection. */
export async function foldOf(log: EventLog, tallies: readonly string[]): Promise<TallyRow[]> {
  const rows: TallyRow[] = []
  for (const tallyId of tallies) {
    const times = [...(await commandsIn(log, [tallyId])).values()].flat()
    if (times.length === 0) continue
    rows.push({ tallyId, spaceId, sum: times.reduce((sum, by) => sum + by, 0), events: times.length })
  }
  return rows.sort((a, b) => (a.tallyId < b.tallyId ? -1 : 1))
}
