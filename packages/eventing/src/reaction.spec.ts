import { createCommandHandler } from './command-handler.ts'
import { createMemoryLog } from './memory/index.ts'
import type { Recorded, Sealer } from './ports.ts'
import { reaction, runReaction } from './reaction.ts'
import { systemClock, systemIds } from './system.ts'
import { type CounterEvent, counter, counterEvents } from './testing/counter.ts'
import { eventually, openSealer } from './testing/index.ts'

function house() {
  const log = createMemoryLog({ clock: systemClock, backoffMs: () => 1 })
  const sealer = openSealer()
  const handler = createCommandHandler(counter, { log, sealer, clock: systemClock, ids: systemIds })
  return { log, sealer, handler, declarations: [counterEvents] }
}
const at = { spaceId: 'space', aggregateId: 'one' }

describe('a reaction', () => {
  it('reads what one command brought about, opened and decoded', async () => {
    const { log, sealer, handler, declarations } = house()
    const seen: Recorded<CounterEvent>[] = []
    const definition = reaction<CounterEvent>({
      name: 'reader',
      context: 'connection',
      aggregates: ['counter'],
      handle: async (recorded) => void seen.push(recorded),
    })
    await handler.handle(at, { type: 'Count', by: 2, times: 2 }, { commandId: 'c-1', correlationId: 'chain' })
    const running = await runReaction(definition, { log, sealer, declarations, onError: (error) => fail(error) })
    await eventually(() => expect(seen).toHaveLength(1))
    await running.stop()
    const counted = { type: 'Counted', data: { by: 2 } }
    expect(seen[0]).toMatchObject({
      ...at,
      commandId: 'c-1',
      correlationId: 'chain',
      version: 1,
      events: [counted, counted],
    })
  })

  it('comes again after a failure, which is told', async () => {
    const { log, sealer, handler, declarations } = house()
    const attempts: number[] = []
    const errors: unknown[] = []
    const definition = reaction<CounterEvent>({
      name: 'stubborn',
      context: 'connection',
      async handle(_, { attempt }) {
        attempts.push(attempt)
        if (attempt < 3) throw new Error('not yet')
      },
    })
    await handler.handle(at, { type: 'Count', by: 1 }, { commandId: 'c-1' })
    const onError = (error: unknown) => errors.push(error)
    const running = await runReaction(definition, { log, sealer, declarations, onError })
    await eventually(() => expect(attempts).toEqual([1, 2, 3]))
    await running.stop()
    expect(errors).toHaveLength(2)
  })

  it('is not handed, and does not unseal, what holds no event of its types', async () => {
    const { log, sealer, handler, declarations } = house()
    const opened: string[] = []
    const seen: string[] = []
    const telling: Sealer = {
      ...sealer,
      open: (spaceId, keyId, bytes, aad) => {
        opened.push(aad)
        return sealer.open(spaceId, keyId, bytes, aad)
      },
    }
    const definition = reaction<CounterEvent>({
      name: 'choosy',
      context: 'connection',
      types: ['Closed'],
      handle: async ({ commandId }) => void seen.push(commandId),
    })
    await handler.handle(at, { type: 'Count', by: 1 }, { commandId: 'c-1' })
    await handler.handle(at, { type: 'Close' }, { commandId: 'c-2' })
    const running = await runReaction(definition, { log, sealer: telling, declarations, onError: fail })
    await eventually(() => expect(seen).toEqual(['c-2']))
    await running.stop()
    expect(opened).toHaveLength(1)
  })

  it('passes over an erased space', async () => {
    const { log, sealer, handler, declarations } = house()
    const spaces: string[] = []
    const definition = reaction<CounterEvent>({
      name: 'passing',
      context: 'connection',
      handle: async ({ spaceId }) => void spaces.push(spaceId),
    })
    await handler.handle({ ...at, spaceId: 'gone' }, { type: 'Count', by: 1 }, { commandId: 'c-1' })
    await handler.handle(at, { type: 'Count', by: 1 }, { commandId: 'c-2' })
    sealer.erase('gone')
    const running = await runReaction(definition, { log, sealer, declarations, onError: (error) => fail(error) })
    await eventually(() => expect(spaces).toEqual(['space']))
    await running.stop()
  })
})

function fail(error: unknown): never {
  throw error
}
