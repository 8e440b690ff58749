import { Controller, Inject } from '@nestjs/common'
import { type ConnectionEvent, type ConnectionView, connectionEvents, type Principal, requests } from '@pf/contracts'
import { createCommandHandler, projection, put, type ReadModel, reaction } from '@pf/eventing'
import { Answers } from './bus/answers.ts'
import type { Platform } from './platform.ts'
import { afterOwnReadModel } from './read-your-writes.ts'
import { schedule } from './schedule.ts'
import { type Service, startProjections, startService } from './service.ts'
import { servicesReady } from './services-ready.ts'
import { createMemoryPlatform } from './testing/index.ts'

type Row = { connectionId: string; spaceId: string; friendlyName: string }

const names = projection<ConnectionEvent, Row>({
  name: 'names',
  version: 1,
  context: 'connection',
  table: {
    name: 'names',
    columns: { connectionId: 'text', spaceId: 'text', friendlyName: 'text' },
    key: ['connectionId'],
    space: 'spaceId',
  },
  on: {
    ConnectionRenamed: ({ connectionId, friendlyName }, { spaceId }) => put({ connectionId, spaceId, friendlyName }),
  },
})

type Rename = { connectionId: string; friendlyName: string }
const decider = {
  initial: undefined,
  decide: (data: Rename): ConnectionEvent[] => [{ type: 'ConnectionRenamed', data }],
  evolve: () => undefined,
}

const readerToken = Symbol('reader')

@Controller()
class NamesController {
  readonly #reader: ReadModel<Row>
  constructor(@Inject(readerToken) reader: ReadModel<Row>) {
    this.#reader = reader
  }

  @Answers(requests.connection.list)
  async list(_input: { logPosition?: string }, { spaceId }: Principal): Promise<{ items: ConnectionView[] }> {
    const rows = await this.#reader.find({ where: { spaceId } })
    return { items: rows.map((row) => ({ id: row.connectionId, friendly_name: row.friendlyName }) as ConnectionView) }
  }
}

const principal: Principal = {
  userId: '0199aaaa-0000-7000-8000-000000000001',
  spaceId: '0199aaaa-0000-7000-8000-000000000002',
  sessionId: 's',
  roles: [],
}

describe('a service on the memory platform', () => {
  let platform: Platform
  let service: Service
  const reacted: string[] = []
  let ticks = 0

  beforeAll(async () => {
    platform = await createMemoryPlatform()
    const views = await startProjections(platform, { names })
    service = await startService(platform, {
      name: 'connection',
      controllers: [NamesController],
      providers: [{ provide: readerToken, useValue: views.names.reader }],
      projections: views,
      reactions: [
        reaction({
          name: 'witness',
          context: 'connection',
          handle: async ({ aggregateId }) => void reacted.push(aggregateId),
        }),
      ],
      running: [schedule(platform, { name: 'tick', everyMs: 1, run: async () => void ticks++ })],
    })
    const { eventLog: log, keys: sealer, clock, ids } = platform
    await sealer.createSpaceKey(principal.spaceId)
    const connections = createCommandHandler({ ...connectionEvents, decider }, { log, sealer, clock, ids })
    const connectionId = ids.uuid()
    const command = { connectionId, friendlyName: 'Household' }
    const at = { spaceId: principal.spaceId, aggregateId: connectionId }
    const { position } = await connections.handle(at, command, { commandId: ids.uuid() })
    expect(await afterOwnReadModel(views.names.reader, position)).toBeUndefined()
  })
  afterAll(() => platform.close())

  it('answers from its read model, in the space of the principal alone', async () => {
    const answer = await platform.bus.call(requests.connection.list, {}, { principal })
    expect(answer.items).toEqual([expect.objectContaining({ friendly_name: 'Household' })])
    const other = { ...principal, spaceId: '0199aaaa-0000-7000-8000-000000000003' }
    expect(await platform.bus.call(requests.connection.list, {}, { principal: other })).toEqual({ items: [] })
  })

  it('reacts to events and keeps its timers', async () => {
    const end = Date.now() + 5_000
    while ((reacted.length === 0 || ticks === 0) && Date.now() < end) await new Promise((next) => setImmediate(next))
    expect(reacted).toHaveLength(1)
    expect(ticks).toBeGreaterThan(0)
  })

  it('says how it is, also over the bus', async () => {
    const well = { nats: 'ok', postgres: 'ok', objects: 'ok' }
    expect(await service.ready()).toEqual({ ...well, 'projection names': 'ok' })
    expect(await servicesReady(platform.bus)).toMatchObject({ ...well, connection: 'ok', storage: 'bus: unavailable' })
  })

  it('answers nothing and does nothing once stopped', async () => {
    await service.stop()
    const before = ticks
    const refused = platform.bus.call(requests.connection.list, {}, { principal })
    await expect(refused).rejects.toMatchObject({ code: 'unavailable' })
    expect(ticks).toBe(before)
  })
})
