import type { Context } from '@pf/contracts'
import { addressOf, purgedSubjects } from '../address.ts'
import { reactionBackoffMs } from '../back-off.ts'
import { createLanes } from '../lanes.ts'
import {
  type AppendRequest,
  type Clock,
  ConcurrencyConflict,
  type EventLog,
  LogReplaced,
  type RawMessage,
  type ReactOptions,
  type Running,
  type Timing,
} from '../ports.ts'
import { differenceFrom } from '../read-place.ts'
import { systemTiming } from '../system.ts'
import { createMemorySnapshots } from './memory-snapshots.ts'

export type MemoryLogOptions = {
  clock: Clock
  timing?: Timing
  /** How long a message id is remembered; JetStream's default is 2 minutes. */
  duplicateWindowMs?: number
  /** Wait before attempt n + 1 of a reaction's message; the real log's 1, 2, 4 … 60 s unless told. */
  backoffMs?: (attempt: number) => number
}

/** One context's stream. `settled` holds per durable consumer what it acknowledged: it outlives a stop. */
type Stream = {
  createdAt: string
  /** By sequence, from 1; holes where something was purged. */
  messages: (RawMessage | undefined)[]
  /** The same by subject: a load costs what its aggregate holds, not what the stream holds. */
  bySubject: Map<string, RawMessage[]>
  ids: Map<string, { seq: number; atMs: number }>
  settled: Map<string, Set<number>>
  arrivals: Set<() => void>
}

/** The log in this process's memory: the rules of the real one (and its conformance suite), nothing kept. */
export function createMemoryLog(options: MemoryLogOptions): EventLog {
  const { clock, timing = systemTiming, duplicateWindowMs = 120_000 } = options
  const backoffMs = options.backoffMs ?? ((attempt: number) => reactionBackoffMs(attempt, timing))
  const streams = new Map<Context, Stream>()
  const snapshots = createMemorySnapshots()

  const streamOf = (context: Context): Stream => {
    let stream = streams.get(context)
    if (!stream) {
      const createdAt = clock.now().toISOString()
      stream = {
        createdAt,
        messages: [],
        bySubject: new Map(),
        ids: new Map(),
        settled: new Map(),
        arrivals: new Set(),
      }
      streams.set(context, stream)
    }
    return stream
  }

  const append = ({ subject, expectedSeq, messageId, headers, body }: AppendRequest) => {
    const stream = streamOf(addressOf(subject).context)
    const now = clock.now()
    const known = stream.ids.get(messageId)
    const earlier = stream.bySubject.get(subject) ?? []
    if ((earlier.at(-1)?.seq ?? 0) !== expectedSeq) {
      if (known && known.seq > expectedSeq) return { seq: known.seq, duplicate: true }
      throw new ConcurrencyConflict(subject)
    }
    // Where the expectation fits, the server remembers an id for this long and no longer.
    if (known && now.getTime() - known.atMs < duplicateWindowMs) return { seq: known.seq, duplicate: true }
    const seq = stream.messages.length + 1
    const time = now.toISOString()
    const message = { subject, seq, time, headers: { ...headers, 'Nats-Msg-Id': messageId }, body: body.slice() }
    stream.messages.push(message)
    earlier.push(message)
    stream.bySubject.set(subject, earlier)
    stream.ids.set(messageId, { seq, atMs: now.getTime() })
    for (const arrived of stream.arrivals) arrived()
    return { seq, duplicate: false }
  }

  return {
    append: async (request) => append(request),
    load: async (subject, afterSeq = 0) => {
      const all = streamOf(addressOf(subject).context).bySubject.get(subject) ?? []
      const from = all.findLastIndex(({ seq }) => seq <= afterSeq) + 1
      return all.slice(from)
    },
    read: async (context, seq) => streamOf(context).messages[seq - 1],
    next: async (context, afterSeq) =>
      streamOf(context).messages.find((message) => message !== undefined && message.seq > afterSeq),
    info: async (context) => {
      const { createdAt, messages } = streamOf(context)
      return { createdAt, lastSeq: messages.length }
    },
    tail(context, after, signal) {
      const stream = streamOf(context)
      if (typeof after === 'number') return follow(stream, after, signal)
      const { createdAt, messages } = stream
      const problem = differenceFrom(after, { createdAt, lastSeq: messages.length }, messages[after.seq - 1])
      return problem === undefined ? follow(stream, after.seq, signal) : refused(new LogReplaced(context, problem))
    },
    scan: (context, afterSeq, signal, spaceId) => scan(streamOf(context), afterSeq, signal, spaceId),
    snapshots,
    react: async (reaction) => react(streamOf(reaction.context), reaction, timing, backoffMs),
    async purge(of, purging) {
      const purged = await purge(streamOf(of.context), purgedSubjects(of), purging)
      await snapshots.drop(of)
      return purged
    },
  }
}

// biome-ignore lint/correctness/useYield: it has nothing to tell but why.
async function* refused(error: Error): AsyncGenerator<RawMessage> {
  throw error
}

async function* follow(stream: Stream, afterSeq: number, signal: AbortSignal): AsyncGenerator<RawMessage> {
  for (let seq = afterSeq + 1; !signal.aborted; ) {
    if (seq > stream.messages.length) {
      await arrival(stream, signal)
      continue
    }
    const message = stream.messages[seq++ - 1]
    if (message) yield message
  }
}

async function purge(
  stream: Stream,
  filter: string,
  purging: (seqs: readonly number[]) => Promise<void>,
): Promise<number> {
  const tokens = filter.split('.')
  const fits = (subject: string) =>
    subject.split('.').every((part, at) => tokens[at] === part || tokens[at] === '*' || tokens[at] === '>')
  let purged = 0
  for (;;) {
    const seqs = [...stream.bySubject].flatMap(([subject, all]) => (fits(subject) ? all.map(({ seq }) => seq) : []))
    if (seqs.length === 0) return purged
    await purging(seqs.sort((a, b) => a - b))
    for (const seq of seqs) stream.messages[seq - 1] = undefined
    for (const [subject, all] of stream.bySubject) {
      if (!fits(subject)) continue
      const left = all.filter(({ seq }) => stream.messages[seq - 1] !== undefined)
      if (left.length === 0) stream.bySubject.delete(subject)
      else stream.bySubject.set(subject, left)
    }
    purged += seqs.length
  }
}

async function* scan(
  stream: Stream,
  afterSeq: number,
  signal: AbortSignal,
  spaceId: string | undefined,
): AsyncGenerator<RawMessage> {
  const lastSeq = stream.messages.length
  for (let seq = afterSeq + 1; seq <= lastSeq && !signal.aborted; seq++) {
    const message = stream.messages[seq - 1]
    if (message && (spaceId === undefined || addressOf(message.subject).spaceId === spaceId)) yield message
  }
}

function arrival(stream: Stream, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.arrivals.delete(done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    stream.arrivals.add(done)
    signal.addEventListener('abort', done, { once: true })
  })
}

function react(
  stream: Stream,
  { name, aggregates, wants, maxInFlight = 16, handle, onError }: ReactOptions,
  timing: Timing,
  backoffMs: (attempt: number) => number,
): Running {
  const stopping = new AbortController()
  const lanes = createLanes(maxInFlight)
  const settled = stream.settled.get(name) ?? new Set<number>()
  stream.settled.set(name, settled)
  const delayed = new Set<Promise<void>>()

  const deliver = async (message: RawMessage, attempt: number): Promise<void> => {
    // What was purged meanwhile does not come again.
    if (stopping.signal.aborted || !stream.messages[message.seq - 1]) return
    try {
      await handle(message, { attempt, signal: stopping.signal })
      settled.add(message.seq)
    } catch (error) {
      onError?.(error, message)
      redeliver(message, attempt)
    }
  }
  const redeliver = (message: RawMessage, attempt: number) => {
    const again = timing.wait(backoffMs(attempt), stopping.signal).then(() => {
      delayed.delete(again)
      if (!stopping.signal.aborted) void lanes.run(message.subject, () => deliver(message, attempt + 1))
    })
    delayed.add(again)
  }
  const pull = async () => {
    for await (const message of follow(stream, 0, stopping.signal)) {
      const isNarrowed = aggregates && !aggregates.includes(addressOf(message.subject).aggregate)
      if (isNarrowed || settled.has(message.seq)) continue
      if (wants?.(message) === false) settled.add(message.seq)
      else void lanes.run(message.subject, () => deliver(message, 1))
    }
  }
  const pulling = pull()

  return {
    async stop() {
      stopping.abort()
      await pulling
      await Promise.all(delayed)
      await lanes.idle()
    },
  }
}
