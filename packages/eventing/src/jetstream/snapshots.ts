import type { JetStreamClient, JetStreamManager, MsgRequest } from '@nats-io/jetstream'
import { addressOf, purgedSubjects } from '../address.ts'
import { LogUnavailable, type RawMessage, type Snapshots } from '../ports.ts'
import { headersFrom } from './messages.ts'
import { snapshotStreamOf } from './streams.ts'
import { isUnanswered, type Patience, untilAnswered } from './unanswered.ts'

export type SnapshotParts = {
  jsm: JetStreamManager
  js: JetStreamClient
  ask(stream: string, query: MsgRequest): Promise<RawMessage | undefined>
  patience: Patience
}

/** `snap.<context>.<aggregate>.<space>.<id>` in `SNAP_<CONTEXT>`, which keeps the newest of each subject. */
export function openSnapshots({ jsm, js, ask, patience }: SnapshotParts): Snapshots {
  const streamOf = (subject: string) => snapshotStreamOf(addressOf(subject).context)
  return {
    async find(subject) {
      const found = await ask(streamOf(subject), { last_by_subj: asSnapshots(subject) })
      if (!found) return undefined
      const { 'es-shape': shape, 'es-key': keyId = '' } = found.headers
      return { shape: Number(shape), keyId, body: found.body }
    },
    /** Tried once: whoever keeps it goes on without, and the next one comes soon. */
    async keep(subject, { shape, keyId, body }) {
      const headers = headersFrom({ 'es-shape': String(shape), 'es-key': keyId })
      try {
        await js.publish(asSnapshots(subject), body, { headers })
      } catch (error) {
        throw isUnanswered(error) ? new LogUnavailable(error) : error
      }
    },
    async drop(of) {
      const filter = asSnapshots(purgedSubjects(of))
      await untilAnswered(patience, () => jsm.streams.purge(snapshotStreamOf(of.context), { filter }))
    },
  }
}

const asSnapshots = (subjects: string): string => subjects.replace(/^evt\./, 'snap.')
