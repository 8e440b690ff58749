import { Controller, Inject } from '@nestjs/common'
import {
  type ConnectionEvent,
  type ConnectionView,
  connectionEvents,
  type InputOf,
  type OutputOf,
  type Principal,
  requests,
} from '@pf/contracts'
import { type CommandHandler, createCommandHandler, projection, put, type ReadModel, reaction } from '@pf/eventing'
import { Answers } from './bus/answers.ts'
import { commandHandling } from './command-handling.ts'
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
const renamesToken = Symbol('renames')
type Renames = CommandHandler<undefined, Rename, ConnectionEvent>

@Controller()
class NamesController {
  readonly #reader: ReadModel<Row>
  readonly #renames: Renames
  constructor(@Inject(readerToken) reader: ReadModel<Row>, @Inject(renamesToken) renames: Renames) {
    this.#reader = reader
    this.#renames = renames
  }

  @Answers(requests.connection.list)
  async list(_input: { logPosition?: string }, { spaceId }: Principal): Promise<{ items: ConnectionView[] }> {
    const rows = await this.#reader.find({ where: { spaceId } })
    return { items: rows.map((row) => ({ id: row.connectionId, friendly_name: row.friendlyName }) as ConnectionView) }
  }

  @Answers(requests.connection.rename)
  async rename({ id, friendlyName, commandId }: InputOf<typeof requests.connection.rename>, { spaceId }: Principal) {
    const command = { connectionId: id, friendlyName: friendlyName ?? '' }
    await this.#renames.handle({ spaceId, aggregateId: id }, command, { commandId })
    return { id } as OutputOf<typeof requests.connection.rename>
  }
}

const principal: Principal = {
  userId: '0199aaaa-0000-7000-8000-000000000001',
  spaceId: '0199aaaa-0000-7000-8000-000000000002',
  sessionId: 's',
  roles: [],
}

const first = '0199aaaa-0000-7000-8000-000000000011'
const second = '0199aaaa-0000-7000-8000-000000000012'

describe('a service on the memory platform', () => {
  let platform: Platform
  let service: Service
  const reacted: string[] = []
  let ticks = 0
  let renames: Renames

  beforeAll(async () => {
    platform = await createMemoryPlatform()
    const views = await startProjections(platform, { names })
    renames = createCommandHandler({ ...connectionEvents, decider }, commandHandling(platform))
    service = await startService(platform, {
      name: 'connection',
      controllers: [NamesController],
      providers: [
        { provide: readerToken, useValue: views.names.reader },
        { provide: renamesToken, useValue: renames },
      ],
      projections: views,
      reactions: [
        reaction({
          name: 'witness',
          context: 'connection',
          handle: async ({ aggregateId }) => void reacted.push(aggregateId),
        }),
        reaction<ConnectionEvent>({
          name: 'follow',
          context: 'connection',
          async handle({ spaceId, aggregateId, commandId }) {
            if (aggregateId !== first) return
            const command = { connectionId: second, friendlyName: 'Follows' }
            await renames.handle({ spaceId, aggregateId: second }, command, { commandId: `follow-${commandId}` })
          },
        }),
      ],
      running: [schedule(platform, { name: 'tick', everyMs: 1, run: async () => void ticks++ })],
    })
    const { keys, ids } = platform
    await keys.createSpaceKey(principal.spaceId)
    const connectionId = ids.uuid()
    const command = { connectionId, friendlyName: 'Household' }
    const at = { spaceId: principal.spaceId, aggregateId: connectionId }
    const { position } = await renames.handle(at, command, { commandId: ids.uuid() })
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

  it('writes into the log what a request led to: its correlation and trace, from reaction to reaction, and each cause', async () => {
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const input = { id: first, friendlyName: 'Traced', commandId: 'command-1' }
    await platform.bus.call(requests.connection.rename, input, { principal, requestId: 'request-1', traceparent })
    const end = Date.now() + 5_000
    const headersOf = async (id: string) =>
      (await platform.eventLog.load(`evt.connection.connection.${principal.spaceId}.${id}`))[0]?.headers
    while ((await headersOf(second)) === undefined && Date.now() < end) await new Promise((next) => setImmediate(next))
    expect(await headersOf(first)).toMatchObject({ 'ce-correlationid': 'request-1', traceparent })
    expect(await headersOf(second)).toMatchObject({
      'ce-correlationid': 'request-1',
      'ce-causationid': 'command-1',
      traceparent,
    })
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
