import { hash } from 'node:crypto'
import type { AnyEvent } from '@pf/contracts'
import { addressOf } from './address.ts'
import { type DeclaredEvents, EventInvalid, type WrittenEvent } from './declared-events.ts'
import type { RawMessage, Recorded, Sealer } from './ports.ts'

/** Found in the log, and not what an honest log holds: a gap in versions, a broken chain, a header that is missing. */
export class LogBroken extends Error {
  readonly subject: string
  readonly seq: number
  /** What was found, and what was expected. */
  readonly problem: string
  constructor(subject: string, seq: number, problem: string) {
    super(
      `${subject} is broken at sequence ${seq}: ${problem}. Restore the stream from its backup; append nothing to it.`,
    )
    this.name = 'LogBroken'
    this.subject = subject
    this.seq = seq
    this.problem = problem
  }
}

/** What binds a sealed body to its place: moved elsewhere it does not open. */
export function aadOf(subject: string, version: number, commandId: string): string {
  return JSON.stringify([subject, version, commandId])
}

/** `es-hash`: over the hash before it (empty: none) and the sealed bytes. */
export function chainHash(previous: string, body: Uint8Array): string {
  return hash('sha256', Buffer.concat([Buffer.from(previous), body]), 'hex')
}

export type Facts = {
  commandId: string
  correlationId: string
  causationId?: string
  traceparent?: string
  /** When the command was handled, RFC 3339. */
  time: string
}

/** Headers by the CloudEvents NATS binding (binary mode), and our own `es-*`. Ids and types only: headers are not sealed. */
export function headersOf(
  subject: string,
  events: readonly WrittenEvent[],
  facts: Facts & { version: number; keyId: string; hash: string },
): Record<string, string> {
  const { context, aggregate, aggregateId } = addressOf(subject)
  return {
    'ce-specversion': '1.0',
    'ce-id': facts.commandId,
    'ce-source': `/pf/${context}`,
    'ce-subject': `${aggregate}/${aggregateId}`,
    'ce-type': events.map(({ type }) => type).join(','),
    'ce-dataschema': `urn:pf:${context}:${events.map(({ type, v }) => `${type}.${v}`).join('+')}`,
    'ce-time': facts.time,
    'ce-correlationid': facts.correlationId,
    ...(facts.causationId === undefined ? {} : { 'ce-causationid': facts.causationId }),
    ...(facts.traceparent === undefined ? {} : { traceparent: facts.traceparent }),
    'es-version': String(facts.version),
    'es-count': String(events.length),
    'es-key': facts.keyId,
    'es-hash': facts.hash,
  }
}

export type Envelope = {
  commandId: string
  correlationId: string
  time: string
  types: string[]
  version: number
  count: number
  keyId: string
  hash: string
}

/**
 * The types stand in the open header: what nobody wants is not unsealed. A message without it is wanted by everybody, who
 * then finds it broken.
 */
export function holdsAny({ headers }: RawMessage, isWanted: (type: string) => boolean): boolean {
  const types = headers['ce-type']
  return types === undefined || types.split(',').some(isWanted)
}

/** Throws LogBroken. */
export function envelopeOf({ subject, seq, headers }: RawMessage): Envelope {
  const text = (name: string): string => {
    const value = headers[name]
    if (value === undefined) throw new LogBroken(subject, seq, `header ${name} is missing`)
    return value
  }
  const natural = (name: string): number => {
    const value = Number(text(name))
    if (!Number.isSafeInteger(value) || value < 1)
      throw new LogBroken(subject, seq, `header ${name} is no number from 1`)
    return value
  }
  return {
    commandId: text('ce-id'),
    correlationId: headers['ce-correlationid'] ?? text('ce-id'),
    time: text('ce-time'),
    types: text('ce-type').split(','),
    version: natural('es-version'),
    count: natural('es-count'),
    keyId: text('es-key'),
    hash: text('es-hash'),
  }
}

/** The message's envelope, if it is what has to come after `known`. Throws LogBroken: a gap, or a broken chain. */
export function following(known: { version: number; hash: string }, message: RawMessage): Envelope {
  const envelope = envelopeOf(message)
  const { subject, seq } = message
  if (envelope.version !== known.version + 1) {
    throw new LogBroken(subject, seq, `version ${known.version + 1} was expected, ${envelope.version} was found`)
  }
  if (chainHash(known.hash, message.body) !== envelope.hash) {
    throw new LogBroken(subject, seq, 'its hash does not follow from the message before it')
  }
  return envelope
}

const textEncoder = new TextEncoder()
const textDecoder = new TextDecoder('utf-8', { fatal: true })

export function encodeBody(events: readonly WrittenEvent[]): Uint8Array {
  return textEncoder.encode(JSON.stringify({ events }))
}

/** Opens and decodes a message. Throws KeyMissing, SealBroken, LogBroken, EventInvalid, and what the sealer's store throws. */
export async function openMessage(
  message: RawMessage,
  sealer: Sealer,
  declaredAt: (at: { context: string; aggregate: string }) => DeclaredEvents,
): Promise<Recorded> {
  const address = addressOf(message.subject)
  const { commandId, correlationId, time, version, count, keyId } = envelopeOf(message)
  const aad = aadOf(message.subject, version, commandId)
  const plain = await sealer.open(address.spaceId, keyId, message.body, aad)
  const written = parseBody(plain)
  if (written.length !== count) {
    throw new LogBroken(message.subject, message.seq, `es-count is ${count}, the body holds ${written.length} events`)
  }
  const declared = declaredAt(address)
  const events: AnyEvent[] = written.map((event) => declared.read(event))
  return { ...address, events, seq: message.seq, version, commandId, correlationId, time }
}

function parseBody(plain: Uint8Array): WrittenEvent[] {
  const parsed = parseJson(plain)
  const events = isObject(parsed) && 'events' in parsed ? parsed.events : undefined
  if (!Array.isArray(events)) throw new EventInvalid('any', 0, '/events', 'the body is no {events: [...]}')
  return events.map((event: unknown, index) => {
    if (isWritten(event)) return event
    throw new EventInvalid('any', 0, `/events/${index}`, 'an event is {type, v, data}')
  })
}

function parseJson(plain: Uint8Array): unknown {
  try {
    return JSON.parse(textDecoder.decode(plain))
  } catch {
    // The parser's own message quotes the text, which is sealed for a reason.
    throw new EventInvalid('any', 0, '', 'the body is no JSON')
  }
}

function isWritten(value: unknown): value is WrittenEvent {
  return (
    isObject(value) &&
    'type' in value &&
    typeof value.type === 'string' &&
    'v' in value &&
    typeof value.v === 'number' &&
    'data' in value &&
    isObject(value.data)
  )
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
