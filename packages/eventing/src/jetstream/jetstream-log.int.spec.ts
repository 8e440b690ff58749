import { type AddressInfo, createConnection, createServer } from 'node:net'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { subjectOf } from '../address.ts'
import { createCommandHandler } from '../command-handler.ts'
import { createMemoryProjectionStore } from '../memory/index.ts'
import { type AppendRequest, type EventLog, LogReplaced, UnknownOutcome } from '../ports.ts'
import { RebuildNeeded } from '../projection-store.ts'
import { systemClock, systemIds, systemTiming } from '../system.ts'
import { counter } from '../testing/counter.ts'
import {
  describeEventLog,
  describeProjections,
  eventually,
  openSealer,
  startNats,
  startNatsCluster,
  type TestNats,
} from '../testing/index.ts'
import { caughtUp, createWorld } from '../testing/projection-world.ts'
import { verifyLog } from '../verify-log.ts'
import { openJetStreamLog } from './jetstream-log.ts'
import { BrokerUnfit } from './streams.ts'

type Broker = { replicas: number; start(): Promise<TestNats> }
const brokers: [string, Broker][] = [
  ['one server', { replicas: 1, start: startNats }],
  ['three servers that force every message out', { replicas: 3, start: startNatsCluster }],
]

const openLog = async ({ start, replicas }: Broker) => {
  const nats = await start()
  const log = await openJetStreamLog(await nats.connect(), { replicas, duplicateWindowMs: 1000 })
  let probes = 0
  return {
    log,
    async passDuplicateWindow() {
      const aggregateId = `${++probes}`
      const subject = subjectOf({ context: 'connection', aggregate: 'probe', spaceId: 'sys', aggregateId })
      const probe = (): AppendRequest => ({
        subject,
        expectedSeq: seq,
        messageId: subject,
        headers: { 'ce-id': 'probe' },
        body: new Uint8Array(),
      })
      let seq = 0
      seq = (await log.append(probe())).seq
      await eventually(async () => expect((await log.append(probe())).duplicate).toBe(false), 10_000)
    },
    close: () => nats.stop(),
  }
}

const startLog = async (nats: TestNats, replicas: number) =>
  openJetStreamLog(await nats.connect(), { replicas, contexts: ['connection'], attemptMs: 500, retryForMs: 20_000 })

const handlerOn = (log: EventLog) =>
  createCommandHandler(counter, { log, sealer: openSealer(), clock: systemClock, ids: systemIds })

describe.each(brokers)('the JetStream log on %s', (name, broker) => {
  describeEventLog(`on ${name}`, () => openLog(broker))

  describeProjections(`a store in memory, its log on ${name}`, async () => {
    const { log, close } = await openLog(broker)
    const rows = createMemoryProjectionStore()
    return { another: () => rows, log, close }
  })

  describe('when a server is killed and started again', () => {
    let nats: TestNats
    beforeAll(async () => {
      nats = await broker.start()
    }, 90_000)
    afterAll(() => nats?.stop())

    it('every acknowledged command stands in the log exactly once, tailed without a gap and reacted to', async () => {
      const log = await startLog(nats, broker.replicas)
      const handler = handlerOn(log)
      const stop = new AbortController()
      const tailed: number[] = []
      const tailing = (async () => {
        for await (const message of log.tail('connection', 0, stop.signal)) tailed.push(message.seq)
      })()
      const reacted = new Map<number, number>()
      const reacting = await log.react({
        context: 'connection',
        name: 'faults',
        handle: async ({ seq }) => void reacted.set(seq, (reacted.get(seq) ?? 0) + 1),
      })

      const acknowledged = new Map<string, number>()
      const writers = Array.from({ length: 8 }, async (_, writer) => {
        for (let i = 0; i < 120; i++) {
          const commandId = `${writer}-${i}`
          const at = { spaceId: 'space', aggregateId: `counter-${writer}` }
          const { state } = await handler.handle(at, { type: 'Count', by: 1 }, { commandId })
          acknowledged.set(commandId, state.sum)
        }
      })
      for (let round = 1; round <= 3; round++) {
        await eventually(() => expect(acknowledged.size).toBeGreaterThan(200 * round), 60_000)
        await nats.kill()
        await nats.restart()
      }
      await Promise.all(writers)

      const { lastSeq } = await log.info('connection')
      await eventually(() => {
        expect(tailed).toHaveLength(lastSeq)
        expect(reacted.size).toBe(lastSeq)
      }, 60_000)
      stop.abort()
      await tailing
      await reacting.stop()
      expect(tailed).toEqual(Array.from({ length: lastSeq }, (_, i) => i + 1))
      expect(lastSeq).toBe(8 * 120)
      for (let writer = 0; writer < 8; writer++) {
        const messages = await log.load(`evt.connection.counter.space.counter-${writer}`)
        const ids = messages.map(({ headers }) => headers['ce-id'])
        expect(ids).toEqual(Array.from({ length: 120 }, (_, i) => `${writer}-${i}`))
        const at = { spaceId: 'space', aggregateId: `counter-${writer}` }
        expect(await handlerOn(log).load(at)).toMatchObject({ version: 120, state: { sum: 120 } })
      }
    }, 180_000)

    it('a broker that stands still for a while leaves one event per command', async () => {
      const log = await startLog(nats, broker.replicas)
      const handler = handlerOn(log)
      const at = { spaceId: 'space', aggregateId: 'frozen' }
      await handler.handle(at, { type: 'Count', by: 1 }, { commandId: 'before' })
      nats.signal('SIGSTOP')
      const handled = handler.handle(at, { type: 'Count', by: 1 }, { commandId: 'while' })
      // Longer than an attempt: it times out, and lands when the broker goes on.
      await systemTiming.wait(1500)
      nats.signal('SIGCONT')
      expect((await handled).state.sum).toBe(2)
      expect(await log.load('evt.connection.counter.space.frozen')).toHaveLength(2)
    }, 60_000)
  })
})

it('an append to a broker that stays away is of unknown outcome, in bounded time', async () => {
  const mine = await startNats()
  const nc = await mine.connect()
  const log = await openJetStreamLog(nc, { replicas: 1, contexts: ['connection'], attemptMs: 200, retryForMs: 1000 })
  await mine.kill()
  const subject = 'evt.connection.counter.space.away'
  const request = { subject, expectedSeq: 0, messageId: 'm', headers: { 'ce-id': 'c' }, body: new Uint8Array([1]) }
  await expect(log.append(request)).rejects.toThrow(UnknownOutcome)
  await mine.stop()
}, 30_000)

describe('a broker that is not what the log needs', () => {
  let nats: TestNats
  beforeAll(async () => {
    nats = await startNats()
  }, 30_000)
  afterAll(() => nats?.stop())

  it('is refused where a stream is not as declared, saying which setting and what to do', async () => {
    const nc = await nats.connect()
    const jsm = await jetstreamManager(nc)
    await jsm.streams.add({ name: 'EVT_CONNECTION', subjects: ['evt.connection.>'], max_age: 60_000_000_000 })
    const opening = openJetStreamLog(nc, { replicas: 1, contexts: ['connection'] })
    await expect(opening).rejects.toThrow(BrokerUnfit)
    await expect(opening).rejects.toThrow(/max_age is 60000000000, declared is 0.*nats stream edit EVT_CONNECTION/)
  })

  it('is refused where it is too old, by what it says as it is met', async () => {
    const older = await behindOldHandshake(nats.url, '2.13.9')
    const nc = await connect({ servers: older.url, reconnect: false })
    const opening = openJetStreamLog(nc, { replicas: 1 })
    await opening.catch(() => undefined)
    await nc.close()
    older.close()
    await expect(opening).rejects.toThrow(/nats-server is 2\.13\.9.*2\.14 or newer/)
  })

  it('is found out where it has lost a message, be it the last one', async () => {
    const nc = await nats.connect()
    const log = await openJetStreamLog(nc, { replicas: 1, contexts: ['extraction'] })
    const definition = { ...counter, context: 'extraction' } as const
    const handler = createCommandHandler(definition, { log, sealer: openSealer(), clock: systemClock, ids: systemIds })
    const at = { spaceId: 'space', aggregateId: 'lossy' }
    for (let i = 0; i < 6; i++) await handler.handle(at, { type: 'Count', by: 1 }, { commandId: `c-${i}` })
    const jsm = await jetstreamManager(nc)
    for (const seq of [3, 6]) await jsm.streams.deleteMessage('EVT_EXTRACTION', seq, true)
    const faults: string[] = []
    const verified = await verifyLog(log, openSealer(), {
      context: 'extraction',
      declarations: [definition],
      onFault: ({ kind, seq, subject }) => faults.push(`${kind} ${seq} ${subject ?? ''}`),
    })
    expect(faults).toEqual(['missing 3 ', 'version 4 evt.extraction.counter.space.lossy', 'missing 6 '])
    expect(verified).toMatchObject({ lastSeq: 6, messages: 4, aggregates: 1 })
  })

  it('that comes back with another log is not read on: its sequences stand for other messages', async () => {
    const nc = await nats.connect()
    const open = () => openJetStreamLog(nc, { replicas: 1, contexts: ['analytics'] })
    const log = await open()
    const append = (seq: number, id: string) =>
      log.append({
        subject: 'evt.analytics.thing.space.one',
        expectedSeq: seq,
        messageId: id,
        headers: { 'ce-id': id },
        body: new Uint8Array(),
      })
    await append(0, 'old-1')
    await append(1, 'old-2')
    const seen: string[] = []
    const reading = (async () => {
      for await (const { headers } of log.tail('analytics', 0, AbortSignal.timeout(60_000)))
        seen.push(headers['ce-id']!)
    })()
    await eventually(() => expect(seen).toHaveLength(2), 10_000)
    const jsm = await jetstreamManager(nc)
    const replaced = expect(reading).rejects.toThrow(LogReplaced)
    await jsm.streams.delete('EVT_ANALYTICS')
    await open()
    for (const seq of [0, 1, 2]) await append(seq, `new-${seq + 1}`)
    await replaced
    expect(seen).toEqual(['old-1', 'old-2'])
  }, 60_000)

  it.each([
    ['goes on, having read it to its end', true],
    ['starts again', false],
  ])(
    'that comes back with another log stops a projection which %s',
    async (_, goesOn) => {
      const nc = await nats.connect()
      const open = () => openJetStreamLog(nc, { replicas: 1, contexts: ['connection'] })
      const jsm = await jetstreamManager(nc)
      await jsm.streams.delete('EVT_CONNECTION')
      const log = await open()
      const world = createWorld({ another: () => store, log, close: async () => {} }, [])
      const store = createMemoryProjectionStore()
      const count = async (times: number) => {
        const counterId = systemIds.uuid()
        for (let n = 0; n < times; n++) await world.command(counterId, world.spaceId, { type: 'Count', by: 1 })
      }
      await count(5)
      const before = world.run()
      await caughtUp(world, before)
      if (!goesOn) await before.stop()
      await jsm.streams.delete('EVT_CONNECTION')
      await open()
      await count(10)
      const reader = goesOn ? before : world.run()
      await eventually(() => expect(reader.lag()).rejects.toThrow(RebuildNeeded), 30_000)
      expect((await store.builds.list(world.definition.name))[0]?.checkpoint?.seq).toBe(5)
      await reader.stop()
    },
    60_000,
  )

  it('is opened by many at once, and again', async () => {
    const connections = await Promise.all([nats.connect(), nats.connect(), nats.connect()])
    const open = () =>
      Promise.all(connections.map((nc) => openJetStreamLog(nc, { replicas: 1, contexts: ['storage'] })))
    await open()
    const [log] = await open()
    expect(await log!.info('storage')).toMatchObject({ lastSeq: 0 })
  })
})

/** The real server, which passes itself off as of another version wherever it says its own. */
async function behindOldHandshake(url: string, version: string): Promise<{ url: string; close(): void }> {
  const { hostname, port } = new URL(`nats://${url}`)
  const proxy = createServer((client) => {
    const server = createConnection({ host: hostname, port: Number(port) })
    server.on('data', (said) => {
      client.write(said.toString('latin1').replace(/"version":"[^"]+"/, `"version":"${version}"`), 'latin1')
    })
    client.pipe(server)
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      one.on('error', () => one.destroy())
      one.on('close', () => other.destroy())
    }
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  return { url: `127.0.0.1:${(proxy.address() as AddressInfo).port}`, close: () => void proxy.close() }
}
