import { jetstreamManager } from '@nats-io/jetstream'
import { messageIdOf, subjectOf } from '../address.ts'
import { eventually, startNats, type TestNats } from '../testing/index.ts'
import { openJetStreamLog } from './jetstream-log.ts'
import { streamOf } from './streams.ts'

const mib = 1024 * 1024
const messages = 40
const bodyBytes = mib / 2

describe('a reaction that is slower than its stream', () => {
  let nats: TestNats
  beforeAll(async () => {
    nats = await startNats()
  }, 30_000)
  afterAll(() => nats?.stop())

  it('holds eight mebibytes of it and no more, and takes the rest as it gets on', async () => {
    const nc = await nats.connect()
    const log = await openJetStreamLog(nc, { replicas: 1, contexts: ['connection'] })
    for (let i = 0; i < messages; i++) {
      const subject = subjectOf({ context: 'connection', aggregate: 'counter', spaceId: 'space', aggregateId: `${i}` })
      const headers = { 'ce-id': `c-${i}` }
      const messageId = messageIdOf(subject, `c-${i}`)
      await log.append({ subject, expectedSeq: 0, messageId, headers, body: new Uint8Array(bodyBytes) })
    }
    const gate = Promise.withResolvers<void>()
    const handled: number[] = []
    let held = 0
    let most = 0
    const running = await log.react({
      context: 'connection',
      name: 'slow',
      maxInFlight: messages,
      async handle({ seq, body }) {
        held += body.length
        most = Math.max(most, held)
        await gate.promise
        held -= body.length
        handled.push(seq)
      },
    })
    const jsm = await jetstreamManager(nc)
    const pending = async () => (await jsm.consumers.info(streamOf('connection'), 'slow')).num_ack_pending
    // One pull asks for no more than there is room for, and the next waits until there is.
    await eventually(() => expect(held).toBeGreaterThan(6 * mib), 20_000)
    for (let i = 0; i < 5; i++) expect((await pending()) * bodyBytes).toBeLessThanOrEqual(8 * mib)
    gate.resolve()
    await eventually(() => expect(handled).toHaveLength(messages), 20_000)
    expect(most).toBeLessThanOrEqual(8 * mib)
    await running.stop()
  }, 60_000)
})
