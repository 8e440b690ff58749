import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  ReplayPolicy,
} from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { LogReplaced, type RawMessage, type Timing } from '../ports.ts'
import { differenceFrom, type ReadPlace } from '../read-place.ts'
import { type Pulled, type PullLimits, pull, rawOfStored } from './messages.ts'

const nanosPerMs = 1_000_000
const inactiveMs = 60_000
const limits = { batch: 1000, maxBytes: 4 * 1024 * 1024, expiresMs: 20_000 }
const longestPauseMs = 2000
/** Who reads up to an end is asked soon whether anything is left. */
const finiteExpiresMs = 1000

export type TailOptions = {
  stream: string
  filter: string
  /** A sequence alone says nothing of the log that it is one of. */
  after: ReadPlace | { seq: number }
  /** Last sequence wanted; without it reading never ends. Asked at the start, and where nothing comes after what was read. */
  end?: (readSeq: number) => Promise<number>
}

/**
 * Messages in order, each once. The consumer is a passing one in the broker's memory; whenever it is lost, or a delivery
 * is missing, a new one is made that starts after the last message handed out. At most two pulls are unread, so at
 * most 8 MiB wait here. Throws where the connection was closed for good, and LogReplaced: a broker that came back with a
 * shorter log, or with none, gives its sequences to other messages, and reading on after the last one would pass over them.
 */
export async function* tail(
  nc: NatsConnection,
  jsm: JetStreamManager,
  timing: Timing,
  options: TailOptions,
  signal: AbortSignal,
): AsyncGenerator<RawMessage> {
  let last = options.after.seq
  let read: RawMessage | undefined
  const pulls = options.end ? { ...limits, expiresMs: finiteExpiresMs } : limits
  let end = (await options.end?.(last)) ?? Number.POSITIVE_INFINITY
  for (let failures = 0; !signal.aborted && last < end; ) {
    const consumer = await openAfter(nc, jsm, options, last, read).catch((error: unknown) => {
      if (nc.isClosed() || error instanceof LogReplaced) throw error
      return undefined
    })
    if (!consumer) {
      await timing.wait(Math.min(50 * 2 ** failures++, longestPauseMs), signal)
      continue
    }
    failures = 0
    try {
      for await (const messages of readConsumer(nc, consumer, pulls, signal)) {
        // The last one wanted may have been purged meanwhile, or does not read any more.
        if (messages.length === 0) end = Math.min(end, (await options.end?.(last)) ?? end)
        for (const message of messages) {
          if (last >= end || signal.aborted) break
          last = message.seq
          read = message
          yield message
        }
        if (last >= end || signal.aborted) break
      }
    } finally {
      discard(nc, jsm, consumer)
    }
  }
}

type Consumer = { stream: string; name: string }

/** It goes by itself after a minute; going at once only spares the broker. */
function discard(nc: NatsConnection, jsm: JetStreamManager, { stream, name }: Consumer): void {
  if (!nc.isClosed()) void jsm.consumers.delete(stream, name).catch(() => undefined)
}

/**
 * Throws LogReplaced where what was read up to `last` is not what stands there. The consumer is made first: it lives in the
 * broker's memory, and a log that is replaced after it was looked at takes it along.
 */
async function openAfter(
  nc: NatsConnection,
  jsm: JetStreamManager,
  options: TailOptions,
  last: number,
  read: RawMessage | undefined,
): Promise<Consumer> {
  try {
    const consumer = await openConsumer(jsm, options, last)
    try {
      await assertSame(jsm, options, last, read)
    } catch (error) {
      discard(nc, jsm, consumer)
      throw error
    }
    return consumer
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound)
      throw new LogReplaced(options.stream, 'it is not there any more')
    throw error
  }
}

/** Before a message was read, what the reader brought along of the log is all that tells one from another. */
async function assertSame(
  jsm: JetStreamManager,
  { stream, after }: TailOptions,
  last: number,
  read: RawMessage | undefined,
): Promise<void> {
  const isKnown = 'streamCreatedAt' in after
  if (!isKnown && !read) return
  const stored = last === 0 ? undefined : await jsm.streams.getMessage(stream, { seq: last })
  const there = stored ? rawOfStored(stored) : undefined
  if (read && !(there && isSame(there, read)))
    throw new LogReplaced(stream, `at ${last} it does not hold the message that was read there`)
  if (!isKnown) return
  const { created, state } = await jsm.streams.info(stream)
  const place = read ? { seq: last, streamCreatedAt: after.streamCreatedAt } : after
  const difference = differenceFrom(place, { createdAt: created, lastSeq: state.last_seq }, there)
  if (difference !== undefined) throw new LogReplaced(stream, difference)
}

function isSame(one: RawMessage, other: RawMessage): boolean {
  return one.subject === other.subject && one.headers['Nats-Msg-Id'] === other.headers['Nats-Msg-Id']
}

async function openConsumer(jsm: JetStreamManager, { stream, filter }: TailOptions, last: number): Promise<Consumer> {
  const config: Partial<ConsumerConfig> = {
    name: `tail-${globalThis.crypto.randomUUID()}`,
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: last + 1,
    replay_policy: ReplayPolicy.Instant,
    filter_subject: filter,
    inactive_threshold: inactiveMs * nanosPerMs,
    mem_storage: true,
    num_replicas: 1,
    max_deliver: 1,
  }
  const { name } = await jsm.consumers.add(stream, config)
  return { stream, name }
}

/**
 * What has arrived, at a time; nothing where a pull brought nothing. The next pull is under way while what the last one
 * brought is read. Until the signal, or until the consumer is lost or a delivery is missing.
 */
async function* readConsumer(
  nc: NatsConnection,
  consumer: Consumer,
  pulls: PullLimits,
  signal: AbortSignal,
): AsyncGenerator<RawMessage[]> {
  const stopping = new AbortController()
  const either = AbortSignal.any([signal, stopping.signal])
  let arrived: Pulled[] = []
  let under: Promise<void> | undefined
  let isLost = false
  let isIdle = false
  let wake = () => {}
  const pullMore = () => {
    if (under || isLost || either.aborted || arrived.length > 0) return
    let brought = 0
    const take = (pulled: Pulled) => {
      brought++
      arrived.push(pulled)
      wake()
    }
    under = pull(nc, consumer, pulls, take, either).then((end) => {
      under = undefined
      isLost = end === 'lost'
      isIdle = brought === 0
      wake()
      pullMore()
    })
  }
  try {
    for (let delivered = 0; !signal.aborted; ) {
      pullMore()
      if (arrived.length > 0) {
        const batch = arrived
        arrived = []
        pullMore()
        const missing = batch.findIndex(({ delivery }, n) => delivery !== delivered + n + 1)
        yield batch.slice(0, missing < 0 ? batch.length : missing).map(({ raw }) => raw)
        if (missing >= 0) return
        delivered += batch.length
      } else if (isLost) {
        return
      } else if (isIdle) {
        isIdle = false
        yield []
      } else {
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    }
  } finally {
    stopping.abort()
    await under
  }
}
