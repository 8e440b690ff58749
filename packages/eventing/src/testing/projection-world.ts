import { randomUUID } from 'node:crypto'
import { createCommandHandler } from '../command-handler.ts'
import type { CommandHandler, EventLog } from '../ports.ts'
import { encodePosition } from '../position.ts'
import { change, type Projection, projection } from '../projection.ts'
import type { ProjectionStore } from '../projection-store.ts'
import { type RunningProjection, type RunProjectionOptions, runProjection } from '../run-projection.ts'
import { systemClock, systemIds } from '../system.ts'
import { type Close, type Count, type Counter, type CounterEvent, counter, counterEvents } from './counter.ts'
import { openSealer } from './sealer.ts'

export type OpenedStore = {
  /** A store as another process would have it: over the same rows. */
  another(): ProjectionStore
  log: EventLog
  close(): Promise<void>
}

export type Sum = {
  counterId: string
  spaceId: string
  sum: number
  isClosed: boolean
  lastAt: string
  note: string | null
}

const sums = (name: string, version = 1): Projection<CounterEvent, Sum> =>
  projection<CounterEvent, Sum>({
    name,
    version,
    context: 'connection',
    table: {
      name: 'sum',
      columns: {
        counterId: 'text',
        spaceId: 'text',
        sum: 'bigint',
        isClosed: 'boolean',
        lastAt: 'timestamptz',
        note: { type: 'text', nullable: true },
      },
      key: ['counterId'],
      space: 'spaceId',
      indexes: [['spaceId', 'lastAt']],
    },
    on: {
      Counted: ({ by, note }, { aggregateId, spaceId, time }) => {
        if (note === 'poison in the handler') throw new Error('this handler cannot')
        return change({ counterId: aggregateId }, (row) => {
          if (note === 'poison in the fold') throw new Error('this fold cannot')
          const sum = (row?.sum ?? 0) + by
          return {
            counterId: aggregateId,
            spaceId,
            sum,
            isClosed: false,
            lastAt: time,
            note: note ?? row?.note ?? null,
          }
        })
      },
      Closed: (_, { aggregateId }) => change({ counterId: aggregateId }, (row) => row && { ...row, isClosed: true }),
    },
  })

let names = 0

export function createWorld(opened: OpenedStore, running: Pick<RunningProjection<Sum>, 'stop'>[]) {
  const { log } = opened
  const sealer = openSealer()
  const spaceId = randomUUID()
  const errors: unknown[] = []
  const handler: CommandHandler<Counter, Count | Close, CounterEvent> = createCommandHandler(counter, {
    log,
    sealer,
    clock: systemClock,
    ids: systemIds,
  })
  const definition = sums(`sums_${++names}_${randomUUID().slice(0, 8)}`)
  const options = (store = opened.another()): RunProjectionOptions => ({
    log,
    sealer,
    store,
    declarations: [counterEvents],
    // The stream is shared with the other rules and what they did to it.
    onError(error, message) {
      if (!message || message.subject.includes(spaceId)) errors.push(error)
    },
  })
  return {
    ...opened,
    sealer,
    errors,
    definition,
    options,
    spaceId,
    run(over: Partial<RunProjectionOptions> = {}, of = definition) {
      return this.runAny(over, of)
    },
    runAny<Row extends object>(over: Partial<RunProjectionOptions>, of: Projection<CounterEvent, Row>) {
      const one = runProjection(of, { ...options(), ...over })
      running.push(one)
      return one
    },
    command: (aggregateId: string, spaceId: string, command: Count | Close) =>
      handler.handle({ spaceId, aggregateId }, command, { commandId: randomUUID() }),
    position: async () => encodePosition({ connection: (await log.info('connection')).lastSeq }),
  }
}
export type World = ReturnType<typeof createWorld>

export async function caughtUp(world: World, one: RunningProjection<Sum>): Promise<void> {
  const isCaughtUp = await one.reader.caughtUpTo(await world.position(), 15_000)
  expect({ isCaughtUp, because: isCaughtUp ? [] : world.errors }).toEqual({ isCaughtUp: true, because: [] })
}
