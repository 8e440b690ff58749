import {
  type ConnectionErasureEvent,
  type ConnectionEvent,
  connectionErasureEvents,
  connectionEvents,
  type Principal,
  requests,
  systemSpace,
} from '@pf/contracts'
import { createCommandHandler, projection, put, reaction } from '@pf/eventing'
import { eventually } from '@pf/eventing/testing'
import { commandHandling } from './command-handling.ts'
import { pendingErasures } from './erasure/pending-erasures.ts'
import { exposition, scrape } from './metrics/index.ts'
import type { Platform } from './platform.ts'
import { type Service, startProjections, startService } from './service.ts'
import { createMemoryPlatform } from './testing/index.ts'

type Row = { connectionId: string; spaceId: string; friendlyName: string }
type ConnectionErasureRequested = Extract<ConnectionErasureEvent, { type: 'ConnectionErasureRequested' }>['data']
type Rename = { connectionId: string; friendlyName: string }

const user: Principal = {
  userId: '0199aaaa-0000-7000-8000-000000000001',
  spaceId: '0199aaaa-0000-7000-8000-000000000002',
  sessionId: 's',
  roles: ['user'],
}
const operator: Principal = { ...user, roles: ['user', 'operator'] }
const { operations, retryQuarantined } = requests.connection

describe('what a service answers of itself to an operator', () => {
  let platform: Platform
  let service: Service
  let isMended = false
  const repeated: string[] = []
  const ask = (principal = operator) => platform.bus.call(operations, {}, { principal })
  const retry = (id: string, principal = operator) => platform.bus.call(retryQuarantined, { id }, { principal })

  beforeAll(async () => {
    platform = await createMemoryPlatform()
    const names = projection<ConnectionEvent, Row>({
      name: 'names',
      version: 2,
      context: 'connection',
      table: {
        name: 'names',
        columns: { connectionId: 'text', spaceId: 'text', friendlyName: 'text' },
        key: ['connectionId'],
        space: 'spaceId',
      },
      on: {
        ConnectionRenamed({ connectionId, friendlyName }, { spaceId }) {
          if (friendlyName === 'Secret' && !isMended) throw new Error(`Cannot take ${friendlyName}.`)
          return put({ connectionId, spaceId, friendlyName })
        },
      },
    })
    const views = await startProjections(platform, { names, pendingErasures: pendingErasures('connection') })
    service = await startService(platform, {
      name: 'connection',
      projections: views,
      pendingErasures: views.pendingErasures.reader,
      reactions: [
        reaction({
          name: 'connection-witness',
          context: 'connection',
          aggregates: [connectionEvents.aggregate],
          handle: async ({ commandId }) => void repeated.push(commandId),
        }),
      ],
    })
    await platform.keys.createSpaceKey(user.spaceId)
    const decider = {
      initial: undefined,
      decide: (data: Rename): ConnectionEvent[] => [{ type: 'ConnectionRenamed', data }],
      evolve: () => undefined,
    }
    const renames = createCommandHandler({ ...connectionEvents, decider }, commandHandling(platform))
    const connectionId = '0199aaaa-0000-7000-8000-000000000011'
    const at = { spaceId: user.spaceId, aggregateId: connectionId }
    await renames.handle(at, { connectionId, friendlyName: 'Secret' }, { commandId: 'c-1' })
    await eventually(() => expect(repeated).toEqual(['c-1']))
    await eventually(async () => expect((await ask()).quarantine).toHaveLength(1))
  })
  afterAll(async () => {
    await service?.stop()
    await platform?.close()
  })

  it('is for nobody else', async () => {
    await expect(ask(user)).rejects.toMatchObject({ code: 'operator_only' })
    await expect(retry('any', user)).rejects.toMatchObject({ code: 'operator_only' })
  })

  it('is its read models and what they parked, never a value of it', async () => {
    const { projections, quarantine } = await ask()
    expect(projections.filter(({ name }) => name === 'names')).toEqual([
      {
        service: 'connection',
        name: 'names',
        version: 2,
        state: 'active',
        reason: null,
        lag: 0,
        parked: 1,
        rebuild: null,
      },
    ])
    expect(quarantine).toMatchObject([{ kind: 'projection', name: 'names', messages: 1, asked: false }])
    expect(JSON.stringify(quarantine)).not.toContain('Secret')
    const figures = await exposition(await scrape([platform.metrics], { thread: true }))
    expect(figures).toMatch(/^pf_set_aside\{.*kind="projection".*name="names".*\} 1$/m)
  })

  it('tells what was promised to be erased, by ids alone, and which of it is beyond return', async () => {
    const requestedAt = '2026-11-01T12:00:00.000Z'
    const decider = {
      initial: undefined,
      decide: (data: ConnectionErasureRequested): ConnectionErasureEvent[] => [
        { type: 'ConnectionErasureRequested', data },
      ],
      evolve: () => undefined,
    }
    await platform.keys.createSpaceKey(systemSpace)
    const { eventLog: log, keys: sealer, clock, ids } = platform
    const erasures = createCommandHandler({ ...connectionErasureEvents, decider }, { log, sealer, clock, ids })
    const [erasureId, connectionId] = [ids.uuid(), ids.uuid()]
    const { spaceId, userId: requestedBy } = user
    const data = { erasureId, spaceId, connectionId, accountIds: [], keptAccountIds: [], requestedBy, requestedAt }
    await erasures.handle({ spaceId: systemSpace, aggregateId: erasureId }, data, { commandId: 'e-1' })
    const pending = { id: erasureId, of: 'connection', since: requestedAt }
    await eventually(async () => expect((await ask()).erasures).toEqual([{ ...pending, state: 'asked' }]))
    const scope = { of: 'connection', spaceId, connectionId, accountIds: [] } as const
    await platform.ledger.append({ fact: 'erasing', erasureId, scope })
    expect((await ask()).erasures).toEqual([{ ...pending, state: 'erasing' }])
  })

  it('lets a parked aggregate be repeated, at once', async () => {
    const [{ id } = { id: '' }] = (await ask()).quarantine
    expect(await retry(id)).toEqual({ id, outcome: 'still_parked' })
    isMended = true
    expect(await retry(id)).toEqual({ id, outcome: 'healed' })
    const { projections, quarantine } = await ask()
    expect([projections.map(({ parked }) => parked), quarantine]).toEqual([[0, 0], []])
    await expect(retry(id)).rejects.toMatchObject({ code: 'quarantined_not_found' })
  })

  it("lets a message that its reaction gave up be repeated, and has no other service's", async () => {
    const message = await platform.eventLog.read('connection', 1)
    const letter = {
      context: 'connection' as const,
      subject: message!.subject,
      seq: 1,
      eventId: 'c-1',
      attempts: 20,
      reason: 'EventInvalid: no',
    }
    await platform.deadLetters.set({ ...letter, reaction: 'connection-witness' })
    await platform.deadLetters.set({ ...letter, reaction: 'storage-linked-accounts' })
    const { quarantine } = await ask()
    expect(quarantine).toMatchObject([{ kind: 'reaction', name: 'connection-witness', messages: 1 }])
    const [{ id } = { id: '' }] = quarantine
    expect(await retry(id)).toEqual({ id, outcome: 'asked' })
    await eventually(async () => expect((await ask()).quarantine).toEqual([]))
    expect(repeated).toEqual(['c-1', 'c-1'])
    const [theirs] = await platform.deadLetters.list()
    await expect(retry(theirs!.id)).rejects.toMatchObject({ code: 'quarantined_not_found' })
  })
})
