import { subjectOf } from '../address.ts'
import type { AppendRequest } from '../ports.ts'
import { describeEventLog, eventually, startNats } from '../testing/index.ts'
import { openJetStreamLog } from './jetstream-log.ts'

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
