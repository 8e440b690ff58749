import { createHash } from 'node:crypto'
import { feedEvents } from '@pf/contracts'
import { addressOf, type EventLog, type RawMessage, readHistory, type Sealer } from '@pf/eventing'
import { expectThat } from './oracle-failure.ts'
import type { Outside } from './processes.ts'

/** Read four times over: of a year the first few days say as much. */
const mostMessages = 24

/**
 * An honest log is read. With one bit flipped, with a message gone from its middle, and with the hashes after the gap made
 * anew, the reader names the aggregate and stops.
 */
export async function expectTamperingNoticed({ broker }: Outside, sealer: Sealer): Promise<void> {
  const feed = broker
    .messagesOf('extraction')
    .find((message) => message && addressOf(message.subject).aggregate === 'feed')
  const honest = feed === undefined ? [] : (await broker.log.load(feed.subject)).slice(0, mostMessages)
  if (feed === undefined || honest.length < 3) return
  const middle = Math.floor(honest.length / 2)
  const gap = honest.filter((_, n) => n !== middle)
  const tampered = {
    'a flipped bit': honest.map((message, n) =>
      n === middle ? { ...message, body: withFlippedBit(message.body) } : message,
    ),
    'a lost message': gap,
    'a gap under hashes that fit': rehashed(gap),
  }
  const read = (messages: RawMessage[]) =>
    outcomeOf({ ...broker.log, load: async () => messages }, feed.subject, sealer)
  const untouched = await read(honest)
  expectThat('an honest log is read', untouched === 'read', () => `${feed.subject}: ${untouched}`)
  for (const [how, messages] of Object.entries(tampered)) {
    const outcome = await read(messages)
    expectThat(`${how} is noticed`, outcome === 'LogBroken', () => `${feed.subject}: ${outcome}`)
  }
}

async function outcomeOf(log: EventLog, subject: string, sealer: Sealer): Promise<string> {
  const { spaceId, aggregateId } = addressOf(subject)
  try {
    await readHistory(feedEvents, { spaceId, aggregateId }, { log, sealer })
    return 'read'
  } catch (error) {
    return error instanceof Error ? error.name : String(error)
  }
}

function withFlippedBit(body: Uint8Array): Uint8Array {
  const changed = body.slice()
  const at = Math.floor(changed.length / 2)
  changed[at] = (changed[at] ?? 0) ^ 1
  return changed
}

function rehashed(messages: readonly RawMessage[]): RawMessage[] {
  let previous = ''
  return messages.map((message) => {
    previous = createHash('sha256').update(previous).update(message.body).digest('hex')
    return { ...message, headers: { ...message.headers, 'es-hash': previous } }
  })
}
