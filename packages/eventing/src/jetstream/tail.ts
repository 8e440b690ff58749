import { AckPolicy, type ConsumerConfig, DeliverPolicy, type JetStreamManager, ReplayPolicy } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import type { RawMessage, Timing } from '../ports.ts'
import { type Pulled, pull } from './messages.ts'

const nanosPerMs = 1_000_000
const inactiveMs = 60_000
const limits = { batch: 1000, maxBytes: 4 * 1024 * 1024, expiresMs: 20_000 }
const longestPauseMs = 2000

export type TailOptions = { stream: string; filter: string; afterSeq: number }

/**
 * Messages in order, each once. The consumer is a passing one in the broker's memory; whenever it is lost, or a delivery
 * is missing, a new one is made that starts after the last message handed out. At most one pull is unread, so at most
 * 4 MiB wait here. Throws only where the connection was closed for good.
 */
export async function* tail(
  nc: NatsConnection,
  jsm: JetStreamManager,
  timing: Timing,
  options: TailOptions,
  signal: AbortSignal,
): AsyncGenerator<RawMessage> {
  let last = options.afterSeq
  for (let failures = 0; !signal.aborted; ) {
    const consumer = await openConsumer(jsm, { ...options, afterSeq: last }).catch((error: unknown) => {
      if (nc.isClosed()) throw error
      return undefined
    })
    if (!consumer) {
      await timing.wait(Math.min(50 * 2 ** failures++, longestPauseMs), signal)
      continue
    }
    failures = 0
    try {
      for await (const message of readConsumer(nc, consumer, signal)) {
        last = message.seq
        yield message
      }
    } finally {
      // It goes by itself after a minute; going at once only spares the broker.
      if (!nc.isClosed()) void jsm.consumers.delete(consumer.stream, consumer.name).catch(() => undefined)
    }
  }
}

async function openConsumer(jsm: JetStreamManager, { stream, filter, afterSeq }: TailOptions) {
  const config: Partial<ConsumerConfig> = {
    name: `tail-${globalThis.crypto.randomUUID()}`,
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: afterSeq + 1,
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

/** Until the signal, or until the consumer is lost or a delivery is missing. */
async function* readConsumer(
  nc: NatsConnection,
  consumer: { stream: string; name: string },
  signal: AbortSignal,
): AsyncGenerator<RawMessage> {
  let delivered = 0
  while (!signal.aborted) {
    const arrived: Pulled[] = []
    let end: 'served' | 'lost' | undefined
    let wake = () => {}
    const pulling = new AbortController()
    const anySignal = AbortSignal.any([signal, pulling.signal])
    const take = (pulled: Pulled) => {
      arrived.push(pulled)
      wake()
    }
    const ended = pull(nc, consumer, limits, take, anySignal).then((how) => {
      end = how
      wake()
    })
    try {
      for (let next = 0; next < arrived.length || end === undefined; ) {
        const pulled = arrived[next]
        if (!pulled) {
          await new Promise<void>((resolve) => {
            wake = resolve
            if (next < arrived.length || end !== undefined) resolve()
          })
          continue
        }
        if (pulled.delivery !== delivered + 1) return
        delivered = pulled.delivery
        next++
        yield pulled.raw
        if (signal.aborted) return
      }
    } finally {
      pulling.abort()
      await ended
    }
    if (end === 'lost') return
  }
}
