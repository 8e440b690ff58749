import { jetstreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { createCommandHandler } from '../command-handler.ts'
import type { EventLog, RawMessage } from '../ports.ts'
import { systemClock, systemIds } from '../system.ts'
import { counter } from '../testing/counter.ts'
import { eventually, openSealer, startNats, type TestNats } from '../testing/index.ts'
import { verifyLog } from '../verify-log.ts'
import { openJetStreamLog } from './jetstream-log.ts'
import { copyStream, reactionPositions, restoreStream, type StreamCopy, setReactions } from './stream-copies.ts'

const contexts = ['connection'] as const
const sealer = openSealer()

async function messagesOf(log: EventLog): Promise<RawMessage[]> {
  const messages: RawMessage[] = []
  for await (const message of log.scan('connection', 0, new AbortController().signal)) messages.push(message)
  return messages
}

async function* inPieces(bytes: Uint8Array, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

describe('a copy of a stream', () => {
  let source: TestNats
  let target: TestNats
  let from: NatsConnection
  let to: NatsConnection
  let log: EventLog
  let copy: StreamCopy
  let bytes: Uint8Array
  const handled: number[] = []

  beforeAll(async () => {
    ;[source, target] = await Promise.all([startNats(), startNats()])
    ;[from, to] = [await source.connect(), await target.connect()]
    log = await openJetStreamLog(from, { replicas: 1, contexts })
    const handler = createCommandHandler(counter, { log, sealer, clock: systemClock, ids: systemIds })
    for (let n = 0; n < 60; n++) {
      const at = { spaceId: n % 3 === 1 ? 'gone' : 'kept', aggregateId: `c${n % 5}` }
      await handler.handle(at, { type: 'Count', by: 1, note: 'x'.repeat(9000) }, { commandId: `c${n}` })
    }
    const jsm = await jetstreamManager(from)
    await jsm.streams.purge('EVT_CONNECTION', { filter: 'evt.connection.*.gone.>' })
    const reacting = await log.react({
      context: 'connection',
      name: 'witness',
      handle: async ({ seq }) => void handled.push(seq),
    })
    await eventually(() => expect(handled).toHaveLength(40))
    await reacting.stop()
    const chunks: Uint8Array[] = []
    copy = await copyStream(from, 'connection', async (chunk) => void chunks.push(chunk))
    bytes = new Uint8Array(Buffer.concat(chunks))
  }, 60_000)
  afterAll(async () => {
    await Promise.all([source?.stop(), target?.stop()])
  })

  it('says what it holds: the gaps that a purge left are part of it', () => {
    expect(copy).toMatchObject({ messages: 40, firstSeq: 1, lastSeq: 60, deleted: 20 })
  })

  it('whose bytes were changed is refused, and nothing is left of it', async () => {
    const changed = bytes.slice()
    changed[Math.floor(changed.length / 2)]! ^= 1
    await expect(restoreStream(to, copy, inPieces(changed, 1e6), { replicas: 1 })).rejects.toMatchObject({
      code: 'stream_copy_failed',
    })
    const cut = bytes.subarray(0, bytes.length - 2000)
    await expect(restoreStream(to, copy, inPieces(cut, 1e6), { replicas: 1 })).rejects.toMatchObject({
      code: 'stream_copy_failed',
    })
    const jsm = await jetstreamManager(to)
    await expect(jsm.streams.info('EVT_CONNECTION')).rejects.toThrow('stream not found')
  })

  it('is restored with each message at its sequence and time, and is as declared', async () => {
    await restoreStream(to, copy, inPieces(bytes, 100_000), { replicas: 1 })
    const restored = await openJetStreamLog(to, { replicas: 1, contexts })
    const messages = await messagesOf(restored)
    expect(messages).toHaveLength(40)
    expect(messages).toEqual(await messagesOf(log))
    expect((await restored.info('connection')).lastSeq).toBe(60)
    const faults: string[] = []
    const declarations = [counter]
    const verified = await verifyLog(restored, sealer, {
      context: 'connection',
      declarations,
      erased: async () => true,
      onFault: ({ problem }) => faults.push(problem),
    })
    expect({ faults, messages: verified.messages }).toEqual({ faults: [], messages: 40 })
  })

  it('is not restored over a stream that is there', async () => {
    await expect(restoreStream(to, copy, inPieces(bytes, 1e6), { replicas: 1 })).rejects.toMatchObject({
      code: 'stream_copy_failed',
    })
    expect(await messagesOf(await openJetStreamLog(to, { replicas: 1, contexts }))).toHaveLength(40)
  })

  it('goes on behind its last sequence, and knows the commands that it holds', async () => {
    const restored = await openJetStreamLog(to, { replicas: 1, contexts })
    const handler = createCommandHandler(counter, { log: restored, sealer, clock: systemClock, ids: systemIds })
    const at = { spaceId: 'kept', aggregateId: 'c0' }
    const before = await messagesOf(restored)
    await handler.handle(at, { type: 'Count', by: 1 }, { commandId: 'c0' })
    expect(await messagesOf(restored)).toHaveLength(before.length)
    await handler.handle(at, { type: 'Count', by: 1 }, { commandId: 'new' })
    expect((await messagesOf(restored)).at(-1)?.seq).toBe(61)
  })

  it('brings its reactions along, which go on where they are told to', async () => {
    const restored = await openJetStreamLog(to, { replicas: 1, contexts })
    const after = async (seq: number) =>
      (await messagesOf(restored)).flatMap((message) => (message.seq > seq ? [message.seq] : []))
    for (const upTo of [55, 30, 58]) {
      await setReactions(to, 'connection', [{ context: 'connection', name: 'witness', upTo }])
      expect(await reactionPositions(to, contexts)).toEqual([{ context: 'connection', name: 'witness', upTo }])
      const again: number[] = []
      const expected = await after(upTo)
      const reacting = await restored.react({
        context: 'connection',
        name: 'witness',
        handle: async ({ seq }) => void again.push(seq),
      })
      await eventually(() => expect(again).toHaveLength(expected.length))
      await reacting.stop()
      expect(again.toSorted((a, b) => a - b)).toEqual(expected)
    }
  })
})

describe('a copy that is taken while commands go on', () => {
  it('is what the stream was at one moment', async () => {
    const [source, target] = await Promise.all([startNats(), startNats()])
    try {
      const [from, to] = [await source.connect(), await target.connect()]
      const log = await openJetStreamLog(from, { replicas: 1, contexts })
      const handler = createCommandHandler(counter, { log, sealer, clock: systemClock, ids: systemIds })
      const count = (n: number) =>
        handler.handle({ spaceId: 'kept', aggregateId: `c${n}` }, { type: 'Count', by: 1 }, { commandId: `c${n}` })
      await count(0)
      let working = true
      const counting = Array.from({ length: 8 }, async (_, lane) => {
        for (let n = 1; working; n++) await count(lane * 100_000 + n)
      })
      const chunks: Uint8Array[] = []
      await eventually(async () => expect((await log.info('connection')).lastSeq).toBeGreaterThan(500))
      const copy = await copyStream(from, 'connection', async (chunk) => void chunks.push(chunk))
      working = false
      await Promise.all(counting)
      await restoreStream(to, copy, inPieces(new Uint8Array(Buffer.concat(chunks)), 1e6), { replicas: 1 })
      const restored = await messagesOf(await openJetStreamLog(to, { replicas: 1, contexts }))
      expect(restored.map(({ seq }) => seq)).toEqual(restored.map((_, index) => index + 1))
      expect(restored.length).toBeGreaterThanOrEqual(copy.lastSeq)
      const all = await messagesOf(log)
      expect(all.length).toBeGreaterThan(restored.length)
      expect(restored).toEqual(all.slice(0, restored.length))
    } finally {
      await Promise.all([source.stop(), target.stop()])
    }
  }, 60_000)
})

describe('a stream that cannot be copied', () => {
  it('is said to be missing', async () => {
    const nats = await startNats()
    try {
      const copying = copyStream(await nats.connect(), 'connection', async () => undefined)
      await expect(copying).rejects.toMatchObject({ code: 'stream_copy_failed' })
    } finally {
      await nats.stop()
    }
  })
})
