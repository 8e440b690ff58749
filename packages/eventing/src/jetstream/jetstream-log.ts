import { jetstream, jetstreamManager, type MsgRequest, type NextMsgRequest } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { type Context, contexts } from '@pf/contracts'
import { addressOf, purgedSubjects } from '../address.ts'
import { LogBroken } from '../envelope.ts'
import type { EventLog, RawMessage, Timing } from '../ports.ts'
import { systemTiming } from '../system.ts'
import { append } from './append.ts'
import { rawOfStored } from './messages.ts'
import { purge } from './purge.ts'
import { react } from './react.ts'
import { openSnapshots } from './snapshots.ts'
import { assertVersion, awaitStream, openStream, snapshotDeclaration, streamDeclaration, streamOf } from './streams.ts'
import { type TailOptions, tail } from './tail.ts'
import { untilAnswered } from './unanswered.ts'

export type JetStreamLogOptions = {
  /** 1 on one machine, 3 in production. */
  replicas: number
  /** Streams to make and to check; all unless told. */
  contexts?: readonly Context[]
  /** Streams that others make: they are waited for, and checked. */
  awaited?: readonly Context[]
  /** How long for each. */
  awaitStreamMs?: number
  duplicateWindowMs?: number
  /** How long one attempt of an append waits for its answer. */
  attemptMs?: number
  /** How long an append goes on while no answer comes; at least 10 s in production. */
  retryForMs?: number
  timing?: Timing
}

/** From so many messages on, a consumer is cheaper than one question per message. */
const fewMessages = 8

/** The log on a NATS JetStream server from 2.14. Throws BrokerUnfit where version or streams are not as they must be. */
export async function openJetStreamLog(nc: NatsConnection, options: JetStreamLogOptions): Promise<EventLog> {
  const {
    replicas,
    duplicateWindowMs = 120_000,
    attemptMs = 2000,
    retryForMs = 10_000,
    awaitStreamMs = 60_000,
    timing = systemTiming,
  } = options
  assertVersion(nc)
  const jsm = await jetstreamManager(nc, { timeout: attemptMs })
  const js = jetstream(nc, { timeout: attemptMs })
  const settings = { replicas, duplicateWindowMs }
  const patience = { nc, timing, retryForMs }
  // Its own first: two who wait for each other's streams both find them.
  for (const context of options.contexts ?? contexts) {
    // A cluster that is just starting has no leader yet.
    for (const stream of [streamDeclaration(context, settings), snapshotDeclaration(context, settings)])
      await untilAnswered(patience, () => openStream(jsm, stream))
  }
  for (const context of options.awaited ?? [])
    await awaitStream(jsm, context, settings, { timing, waitMs: awaitStreamMs })

  const ask: Ask = (stream, query) =>
    untilAnswered(patience, async () => {
      const stored = await jsm.streams.getMessage(stream, query)
      return stored ? rawOfStored(stored) : undefined
    })
  const follow = (options: TailOptions, signal: AbortSignal) => tail(nc, jsm, timing, options, signal)
  const info = (context: Context) => untilAnswered(patience, () => jsm.streams.info(streamOf(context)))
  const all = (context: Context) => ({ stream: streamOf(context), filter: `evt.${context}.>` })
  /** The leader tells: a replica may not know the newest yet. */
  const lastOf = async ({ stream, filter }: Place) => {
    const last = await ask(stream, { last_by_subj: filter })
    if (last) return last.seq
    // A last message whose bytes do not read any more is no answer; those before it are there all the same.
    const { state } = await untilAnswered(patience, () => jsm.streams.info(stream))
    return (await nextAfter(ask, stream, filter, 0)) ? state.last_seq : 0
  }
  const isLeft = async ({ stream, filter }: Place, afterSeq: number) =>
    (await nextAfter(ask, stream, filter, afterSeq)) !== undefined
  const load = (subject: string, afterSeq = 0) => loadSubject(ask, follow, subject, afterSeq)
  const read = async (context: Context, seq: number) => (seq < 1 ? undefined : ask(streamOf(context), { seq }))
  const snapshots = openSnapshots({ jsm, js, ask, patience })

  return {
    append: (request) =>
      append(
        {
          nc,
          js,
          timing,
          attemptMs,
          retryForMs,
          load,
          read: (subject, seq) => read(addressOf(subject).context, seq),
        },
        request,
      ),
    load,
    read,
    next: (context, afterSeq) => nextAfter(ask, streamOf(context), `evt.${context}.>`, afterSeq),
    async info(context) {
      const { created, state } = await info(context)
      return { createdAt: created, lastSeq: state.last_seq }
    },
    tail: (context, after, signal) =>
      follow({ ...all(context), after: typeof after === 'number' ? { seq: after } : after }, signal),
    scan(context, afterSeq, signal, spaceId) {
      const whole = all(context)
      const place = spaceId === undefined ? whole : { ...whole, filter: purgedSubjects({ context, spaceId }) }
      const end = async (readSeq: number) => ((await isLeft(place, readSeq)) ? lastOf(place) : readSeq)
      return follow({ ...place, after: { seq: afterSeq }, end }, signal)
    },
    snapshots,
    react: (reaction) => react({ nc, jsm, timing }, streamOf(reaction.context), reaction),
    async purge(of, purging) {
      const purged = await purge({ jsm, patience, follow, lastOf, isLeft }, [of, purging])
      await snapshots.drop(of)
      return purged
    },
  }
}

type Place = { stream: string; filter: string }

/** Asks the stream's leader, never a replica: what was acknowledged before is seen. */
type Ask = (stream: string, query: MsgRequest) => Promise<RawMessage | undefined>

function nextAfter(ask: Ask, stream: string, filter: string, afterSeq: number): Promise<RawMessage | undefined> {
  const query: NextMsgRequest & { seq: number } = { seq: afterSeq + 1, next_by_subj: filter }
  return ask(stream, query)
}

/** One whose bytes do not read any more must not make the aggregate look as if it had never been: then LogBroken is thrown. */
async function lastOfSubject(
  ask: Ask,
  stream: string,
  subject: string,
  afterSeq: number,
): Promise<RawMessage | undefined> {
  const query = { last_by_subj: subject }
  const last = await ask(stream, query)
  if (last) return last
  const other = await nextAfter(ask, stream, subject, afterSeq)
  if (!other) return undefined
  // It may be the aggregate's first, appended between the two questions.
  const appended = await ask(stream, query)
  if (appended) return appended
  throw new LogBroken(subject, other.seq, 'messages follow, and the last of them does not read any more')
}

/** The last message tells the end: none, or known already, costs one question. A few are asked for, many are streamed. */
async function loadSubject(
  ask: Ask,
  follow: (options: TailOptions, signal: AbortSignal) => AsyncIterable<RawMessage>,
  subject: string,
  afterSeq: number,
): Promise<RawMessage[]> {
  const stream = streamOf(addressOf(subject).context)
  const last = await lastOfSubject(ask, stream, subject, afterSeq)
  if (!last || last.seq <= afterSeq) return []
  const messages: RawMessage[] = []
  for (let after = afterSeq; messages.length < fewMessages; ) {
    const next = await nextAfter(ask, stream, subject, after)
    if (!next || next.seq >= last.seq) return [...messages, last]
    messages.push(next)
    after = next.seq
  }
  const read = new AbortController()
  const options = { stream, filter: subject, after: { seq: messages.at(-1)!.seq } }
  for await (const message of follow(options, read.signal)) {
    if (message.seq >= last.seq) break
    messages.push(message)
  }
  return [...messages, last]
}
