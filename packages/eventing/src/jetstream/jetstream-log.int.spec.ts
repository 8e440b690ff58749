import { jetstreamManager } from '@nats-io/jetstream'
import { subjectOf } from '../address.ts'
import { createCommandHandler } from '../command-handler.ts'
import { type AppendRequest, type EventLog, LogReplaced, UnknownOutcome } from '../ports.ts'
import { systemClock, systemIds, systemTiming } from '../system.ts'
import { counter } from '../testing/counter.ts'
import { describeEventLog, eventually, openSealer, startNats, type TestNats } from '../testing/index.ts'
import { verifyLog } from '../verify-log.ts'
import { openJetStreamLog } from './jetstream-log.ts'
import { BrokerUnfit } from './streams.ts'

describeEventLog('the JetStream log', async () => {
  const nats = await startNats()
  const log = await openJetStreamLog(await nats.connect(), { replicas: 1, duplicateWindowMs: 1000 })
  let probes = 0
  return {
    log,
    async passDuplicateWindow() {
      const subject = subjectOf({
        context: 'connection',
        aggregate: 'probe',
        spaceId: 'sys',
        aggregateId: `${++probes}`,
      })
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
})

const startLog = async (nats: TestNats) =>
  openJetStreamLog(await nats.connect(), { replicas: 1, contexts: ['connection'], attemptMs: 500, retryForMs: 20_000 })

const handlerOn = (log: EventLog) =>
  createCommandHandler(counter, { log, sealer: openSealer(), clock: systemClock, ids: systemIds })

describe('when the broker is killed and started again', () => {
  let nats: TestNats
  beforeAll(async () => {
    nats = await startNats()
  }, 30_000)
  afterAll(() => nats?.stop())

  it('every acknowledged command stands in the log exactly once, tailed without a gap and reacted to', async () => {
    const log = await startLog(nats)
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
      await eventually(() => expect(acknowledged.size).toBeGreaterThan(200 * round), 30_000)
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
    const log = await startLog(nats)
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
})

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

  it('is refused where it is too old', async () => {
    const nc = await nats.connect()
    Object.assign(nc.info!, { version: '2.13.9' })
    await expect(openJetStreamLog(nc, { replicas: 1 })).rejects.toThrow(/nats-server is 2\.13\.9.*2\.14 or newer/)
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

  it('is opened by many at once, and again', async () => {
    const connections = await Promise.all([nats.connect(), nats.connect(), nats.connect()])
    const open = () =>
      Promise.all(connections.map((nc) => openJetStreamLog(nc, { replicas: 1, contexts: ['storage'] })))
    await open()
    const [log] = await open()
    expect(await log!.info('storage')).toMatchObject({ lastSeq: 0 })
  })
})
