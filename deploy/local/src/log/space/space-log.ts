import { createHash } from 'node:crypto'
import { type AggregateDeclaration, type Context, dataExportEvents, martEvents, martRebuildEvents } from '@pf/contracts'
import { addressOf, type EventLog, type RawMessage } from '@pf/eventing'
import { linesOf } from '../backup/folder.ts'

/**
 * What stays: facts of this installation alone. Marts and their rebuilds name sequences of its own EVT_STORAGE, and are made
 * again; the files that exports wrote are gone within days.
 */
const staying: readonly AggregateDeclaration[] = [martEvents, martRebuildEvents, dataExportEvents]
const stays = (subject: string): boolean => {
  const { context, aggregate } = addressOf(subject)
  return staying.some((one) => one.context === context && one.aggregate === aggregate)
}

/** A message that moves: its sequence and the broker's own headers are of the log that it stood in. */
export type Moved = Pick<RawMessage, 'subject' | 'headers' | 'body'>

export async function* messagesOf(
  log: EventLog,
  { context, spaceId, signal }: { context: Context; spaceId: string; signal: AbortSignal },
): AsyncGenerator<RawMessage> {
  for await (const message of log.scan(context, 0, signal, spaceId)) {
    if (!stays(message.subject)) yield { ...message, headers: ownHeaders(message.headers) }
  }
  signal.throwIfAborted()
}

/** What was expected at the append is said by the broker's headers; the id among them is the message's own. */
function ownHeaders(headers: RawMessage['headers']): RawMessage['headers'] {
  const kept = Object.entries(headers).filter(([name]) => !name.startsWith('Nats-') || name === 'Nats-Msg-Id')
  return Object.fromEntries(kept)
}

/** SHA-256 over messages in their order, wherever they stand. */
export function messagesDigest() {
  const digest = createHash('sha256')
  let messages = 0
  return {
    add({ subject, headers, body }: Moved) {
      const sorted = Object.entries(headers).sort(([a], [b]) => (a < b ? -1 : 1))
      digest.update(JSON.stringify([subject, sorted, body.length])).update(body)
      messages += 1
    },
    end: () => ({ digest: digest.digest('hex'), messages }),
  }
}

type Line = { subject: string; headers: Record<string, string>; body: string }

export const lineOf = ({ subject, headers, body }: Moved): Line => ({
  subject,
  headers: { ...headers },
  body: Buffer.from(body).toString('base64'),
})

export async function* movedOf(folder: string, file: string): AsyncGenerator<Moved> {
  for await (const { subject, headers, body } of linesOf<Line>(folder, file))
    yield { subject, headers, body: new Uint8Array(Buffer.from(body, 'base64')) }
}

/** The copy as a log of its own, for whoever verifies one. */
export function logOfCopy(folder: string, file: string, messages: number): Pick<EventLog, 'info' | 'scan'> {
  return {
    info: async () => ({ createdAt: '', lastSeq: messages }),
    async *scan() {
      let seq = 0
      for await (const moved of movedOf(folder, file)) yield { ...moved, seq: ++seq, time: '' }
    },
  }
}
