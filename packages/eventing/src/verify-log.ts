import type { AggregateDeclaration, Context } from '@pf/contracts'
import { addressOf, messageIdOf } from './address.ts'
import { EventInvalid, eventCatalogue } from './declared-events.ts'
import { chainHash, envelopeOf, LogBroken, openMessage } from './envelope.ts'
import { fingerprintOf } from './fingerprint.ts'
import { type EventLog, KeyMissing, type RawMessage, SealBroken, type Sealer } from './ports.ts'

export type LogFault = {
  context: Context
  /** The aggregate's; undefined where a message is gone and nobody can tell whose it was. */
  subject: string | undefined
  /** Where it was found; of a range that is gone, its first. */
  seq: number
  kind: 'missing' | 'address' | 'header' | 'version' | 'hash' | 'message_id' | 'count' | 'type' | 'event' | 'seal'
  /** What was found and what was expected; never an event's data. */
  problem: string
}

export type VerifyLogOptions = {
  context: Context
  /** Hears of each fault as it is found; what is wrong with an aggregate is told once, not with each message after it. */
  onFault(fault: LogFault): void
  /** Whether the erasure ledger explains that these messages are gone, both ends included; without one every gap in the stream is a fault. */
  erased?(context: Context, from: number, upTo: number): Promise<boolean>
  declarations?: readonly AggregateDeclaration[]
  /** Aggregates whose chain is followed at a time. Where there are more, the stream is read once more for the others. */
  maxAggregates?: number
  signal?: AbortSignal
}

export type VerifiedLog = {
  context: Context
  /** The stream's last sequence when it began; what was appended since was not looked at. */
  lastSeq: number
  messages: number
  events: number
  aggregates: number
  /** Sealed under a key that is gone: the chain over them was verified, what they say cannot be. */
  unreadable: number
  faults: number
}

/** Where an aggregate's chain stands. */
type Head = { version: number; hash: string }
/**
 * The aggregates whose subject's fingerprint ends in `value`, by its lowest `bits`. What they hold up to `doneUpTo` was
 * verified by a reading before, which then had too many aggregates and went on with others.
 */
type Share = { bits: number; value: number; doneUpTo: number }

/**
 * Reads a whole stream and checks what an honest log keeps: no message missing, versions contiguous and hashes chained per
 * aggregate, counts, message ids, declared types; with a `sealer` also that every body opens in its place and holds what
 * its headers say, as declared. Memory is bounded by `maxAggregates`, whatever the stream holds. Throws what the log
 * throws, and the signal's reason; faults are told, not thrown.
 */
export async function verifyLog(
  log: Pick<EventLog, 'info' | 'scan'>,
  sealer: Sealer | undefined,
  options: VerifyLogOptions,
): Promise<VerifiedLog> {
  const { context, maxAggregates = 100_000, signal = new AbortController().signal } = options
  const { lastSeq } = await log.info(context)
  const verified = { context, lastSeq, messages: 0, events: 0, aggregates: 0, unreadable: 0, faults: 0 }
  const tell = (fault: Omit<LogFault, 'context'>) => {
    verified.faults++
    options.onFault({ context, ...fault })
  }
  const gaps = createGaps(options, tell)
  const check = createCheck(sealer, options, tell)
  const shares: Share[] = [{ bits: 0, value: 0, doneUpTo: 0 }]
  for (let reading = 0; shares.length > 0; reading++) {
    let share = shares.pop()!
    const heads = new Map<string, Head>()
    for await (const message of log.scan(context, 0, signal)) {
      if (message.seq > lastSeq) break
      if (reading === 0) await gaps.before(message.seq)
      if (!isOf(share, message.subject)) continue
      const known = heads.get(message.subject)
      heads.set(message.subject, headAfter(message, known))
      if (message.seq > share.doneUpTo) {
        const { count, unreadable } = await check(message, known)
        verified.messages++
        verified.events += count
        verified.aggregates += known ? 0 : 1
        verified.unreadable += unreadable ? 1 : 0
      }
      if (heads.size > maxAggregates) share = halve(share, heads, message.seq, shares)
    }
    signal.throwIfAborted()
    if (reading === 0) await gaps.before(lastSeq + 1)
  }
  return verified
}

/** Keeps one half of the share's aggregates; the other half is for a later reading. */
function halve({ bits, value, doneUpTo }: Share, heads: Map<string, Head>, seq: number, later: Share[]): Share {
  if (bits === 31) throw new Error('verifyLog: maxAggregates is too small for this stream; allow more.')
  later.push({ bits: bits + 1, value: value + 2 ** bits, doneUpTo: Math.max(doneUpTo, seq) })
  const kept = { bits: bits + 1, value, doneUpTo }
  for (const subject of heads.keys()) if (!isOf(kept, subject)) heads.delete(subject)
  return kept
}

function isOf({ bits, value }: Share, subject: string): boolean {
  return bits === 0 || fingerprintOf(subject) % 2 ** bits === value
}

type Tell = (fault: Omit<LogFault, 'context'>) => void

/** Sequences that the stream skips and the erasure ledger does not explain. */
function createGaps({ context, erased }: VerifyLogOptions, tell: Tell) {
  let next = 1
  return {
    async before(seq: number): Promise<void> {
      let from: number | undefined
      const close = (end: number) => {
        if (from === undefined) return
        const which = end - from === 1 ? `message ${from} is` : `messages ${from} to ${end - 1} are`
        const problem = `${which} not in the stream, and no erasure explains it`
        tell({ subject: undefined, seq: from, kind: 'missing', problem })
        from = undefined
      }
      if (next < seq && (await erased?.(context, next, seq - 1))) next = seq
      for (; next < seq; next++) {
        if (await erased?.(context, next, next)) close(next)
        else from ??= next
      }
      close(seq)
      next = seq + 1
    },
  }
}

/** Where the chain stands after a message, whether it follows or not: so that one fault is told once. */
function headAfter(message: RawMessage, known: Head = { version: 0, hash: '' }): Head {
  const { headers } = message
  const version = Number(headers['es-version'])
  const count = Number(headers['es-count'])
  if (!Number.isSafeInteger(version) || !Number.isSafeInteger(count)) return known
  return { version: version + count - 1, hash: headers['es-hash'] ?? '' }
}

type Found = { count: number; unreadable: boolean }

function createCheck(sealer: Sealer | undefined, { context, declarations }: VerifyLogOptions, tell: Tell) {
  const catalogue = eventCatalogue(declarations)
  return async (message: RawMessage, known: Head | undefined): Promise<Found> => {
    const { subject, seq } = message
    const fault: Fault = (kind, problem) => tell({ subject, seq, kind, problem })
    const found = { count: Number(message.headers['es-count']) || 0, unreadable: false }
    if (contextOf(subject) !== context) {
      fault('address', `its subject is none of an aggregate of ${context}`)
      return found
    }
    try {
      checkHeaders(message, known, catalogue, fault)
      if (sealer) found.unreadable = !(await isReadable(message, sealer, catalogue, fault))
    } catch (error) {
      // Anything else says nothing about the log: a store of keys that cannot be reached, for one.
      if (!(error instanceof LogBroken || error instanceof EventInvalid || error instanceof SealBroken)) throw error
      if (error instanceof LogBroken) fault('header', error.problem)
      else fault(error instanceof SealBroken ? 'seal' : 'event', error.message)
    }
    return found
  }
}

type Fault = (kind: LogFault['kind'], problem: string) => void
type Catalogue = ReturnType<typeof eventCatalogue>

/** Throws LogBroken where a header is missing, EventInvalid where the aggregate is not declared. */
function checkHeaders(message: RawMessage, known: Head | undefined, catalogue: Catalogue, fault: Fault): void {
  const { subject, headers, body } = message
  const { version, count, hash, types, commandId } = envelopeOf(message)
  const expected = (known?.version ?? 0) + 1
  if (version !== expected) fault('version', `version ${expected} was expected, ${version} was found`)
  else if (chainHash(known?.hash ?? '', body) !== hash) {
    fault('hash', 'its hash does not follow from the message before it')
  }
  if (types.length !== count) fault('count', `es-count is ${count}, ce-type names ${types.length} events`)
  if (headers['Nats-Msg-Id'] !== messageIdOf(subject, commandId)) {
    fault('message_id', `Nats-Msg-Id is not that of command ${commandId}`)
  }
  const declared = catalogue(addressOf(subject))
  for (const type of new Set(types)) {
    if (!declared.declares(type)) fault('type', `its aggregate declares no event ${type}`)
  }
}

/** False where its key is gone. Throws what is wrong with the body. */
async function isReadable(message: RawMessage, sealer: Sealer, catalogue: Catalogue, fault: Fault): Promise<boolean> {
  try {
    const { events } = await openMessage(message, sealer, catalogue)
    const types = events.map(({ type }) => type).join(',')
    if (types !== message.headers['ce-type']) fault('type', `ce-type is not what the body holds: ${types}`)
    return true
  } catch (error) {
    if (error instanceof KeyMissing) return false
    if (!(error instanceof LogBroken)) throw error
    fault('count', error.problem)
    return true
  }
}

function contextOf(subject: string): Context | undefined {
  try {
    return addressOf(subject).context
  } catch {
    // Not an address at all: that is the answer.
    return undefined
  }
}
