import { createCommandHandler } from './command-handler.ts'
import { LogBroken } from './envelope.ts'
import { readHistory } from './history.ts'
import { createMemoryLog } from './memory/index.ts'
import type { EventLog } from './ports.ts'
import { systemIds } from './system.ts'
import { counter } from './testing/counter.ts'
import { openSealer } from './testing/sealer.ts'

const at = { spaceId: 'space-1', aggregateId: 'counter-1' }
const clock = { now: () => new Date('2026-01-01T00:00:00Z') }

async function counted() {
  const log = createMemoryLog({ clock })
  const sealer = openSealer()
  const handler = createCommandHandler(counter, { log, sealer, clock, ids: systemIds })
  await handler.handle(at, { type: 'Count', by: 2, times: 2 }, { commandId: 'c-1' })
  await handler.handle(at, { type: 'Count', by: 5 }, { commandId: 'c-2' })
  return { log, sealer }
}

describe("an aggregate's history", () => {
  it('is every message, opened, oldest first, with its place in the log', async () => {
    const parts = await counted()
    const history = await readHistory(counter, at, parts)
    expect(history.map(({ seq, version, commandId, events }) => [seq, version, commandId, events.length])).toEqual([
      [1, 1, 'c-1', 2],
      [2, 3, 'c-2', 1],
    ])
    expect(await readHistory(counter, { ...at, aggregateId: 'other' }, parts)).toEqual([])
  })

  it('is refused where a message is missing from it', async () => {
    const { log, sealer } = await counted()
    const torn: EventLog = { ...log, load: async (subject) => (await log.load(subject)).slice(1) }
    await expect(readHistory(counter, at, { log: torn, sealer })).rejects.toThrow(LogBroken)
  })

  it('is refused where bytes were changed', async () => {
    const { log, sealer } = await counted()
    const changed: EventLog = {
      ...log,
      load: async (subject) => (await log.load(subject)).map((m) => ({ ...m, body: Buffer.concat([m.body, m.body]) })),
    }
    await expect(readHistory(counter, at, { log: changed, sealer })).rejects.toThrow(LogBroken)
  })
})
