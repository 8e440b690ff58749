import { AckPolicy, type ConsumerConfig, DeliverPolicy, type JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { reactionBackoffMs } from '../back-off.ts'
import { createLanes, type Lanes } from '../lanes.ts'
import type { ReactOptions, Running, Timing } from '../ports.ts'
import { answers, type Pulled, pull } from './messages.ts'

const nanosPerMs = 1_000_000
/** Silence after which the broker hands a message to somebody else. */
const ackWaitMs = 6_000
const heartbeatMs = 2_000
/** Messages that are held or wait for their next attempt, over all replicas. */
const maxAckPending = 1000
const maxHeldBytes = 8 * 1024 * 1024
/** A pull must have room for one message of the greatest size. */
const roomForOne = 1024 * 1024 + 64 * 1024
const longestPull = { batch: 100, expiresMs: 20_000 }
const longestPauseMs = 2000

type Parts = { nc: NatsConnection; jsm: JetStreamManager; timing: Timing }
/** What was pulled and is neither done nor given back: the broker hears of each every ten seconds. */
type Held = { messages: Map<number, Pulled>; bytes: number; freed: () => void }

/** A durable consumer; `handle` decides over each message by resolving (acknowledged) or throwing (again later). */
export async function react(parts: Parts, stream: string, options: ReactOptions): Promise<Running> {
  const { nc, jsm } = parts
  await openDurable(jsm, stream, options)
  const stopping = new AbortController()
  const held: Held = { messages: new Map(), bytes: 0, freed: () => {} }
  const lanes = createLanes(options.maxInFlight ?? 16)
  const beat = setInterval(() => {
    for (const { reply } of held.messages.values()) answer(nc, reply, answers.working)
  }, heartbeatMs)
  const pulling = pullAll(parts, stream, options, held, lanes, stopping.signal)

  return {
    async stop() {
      stopping.abort()
      held.freed()
      await pulling
      await lanes.idle()
      clearInterval(beat)
      // The broker shall know of the last acknowledgements, and that nobody waits at the inbox.
      if (!nc.isClosed()) await nc.flush().catch(() => undefined)
    },
  }
}

function durableConfig({ context, name, aggregates }: ReactOptions) {
  return {
    durable_name: name,
    ack_policy: AckPolicy.Explicit,
    ack_wait: ackWaitMs * nanosPerMs,
    deliver_policy: DeliverPolicy.All,
    max_deliver: -1,
    max_ack_pending: maxAckPending,
    ...(aggregates
      ? { filter_subjects: aggregates.map((aggregate) => `evt.${context}.${aggregate}.>`) }
      : { filter_subject: `evt.${context}.>` }),
  } satisfies Partial<ConsumerConfig>
}

/** Creating it again with the same settings does nothing; other filters are taken over and keep what is acknowledged. */
async function openDurable(jsm: JetStreamManager, stream: string, options: ReactOptions): Promise<void> {
  if (!/^[A-Za-z0-9_-]+$/.test(options.name)) {
    throw new Error(`The name of a reaction is made of A-Z, a-z, 0-9, _ and -; found ${options.name}.`)
  }
  await jsm.consumers.add(stream, durableConfig(options))
}

async function pullAll(
  parts: Parts,
  stream: string,
  options: ReactOptions,
  held: Held,
  lanes: Lanes,
  signal: AbortSignal,
): Promise<void> {
  const { nc, jsm, timing } = parts
  const take = (pulled: Pulled) => {
    const known = held.messages.get(pulled.raw.seq)
    if (options.wants?.(pulled.raw) === false) return answer(nc, pulled.reply, answers.ack)
    held.messages.set(pulled.raw.seq, pulled)
    // Delivered again while it is held: only the place to acknowledge has changed.
    if (known) return
    held.bytes += pulled.bytes
    void lanes.run(pulled.raw.subject, () => handleOne(parts, options, held, pulled.raw.seq, signal))
  }
  for (let failures = 0; !signal.aborted && !nc.isClosed(); ) {
    const maxBytes = maxHeldBytes - held.bytes
    const batch = Math.min(longestPull.batch, maxAckPending - held.messages.size)
    if (maxBytes < roomForOne || batch < 1) {
      await new Promise<void>((resolve) => {
        held.freed = resolve
      })
      continue
    }
    const limits = { batch, maxBytes, expiresMs: longestPull.expiresMs }
    const end = await pull(nc, { stream, name: options.name }, limits, take, signal)
    if (end === 'served') {
      failures = 0
      continue
    }
    await timing.wait(Math.min(50 * 2 ** failures++, longestPauseMs), signal)
    // It is durable: where the broker answers at all it is there, unless somebody removed it.
    await openDurable(jsm, stream, options).catch(() => undefined)
  }
}

async function handleOne(
  { nc, timing }: Parts,
  { handle, onError }: ReactOptions,
  held: Held,
  seq: number,
  signal: AbortSignal,
): Promise<void> {
  const pulled = held.messages.get(seq)
  if (!pulled) return
  let outcome: Uint8Array = answers.ack
  try {
    // What stopping leaves undone goes back at once.
    if (signal.aborted) outcome = answers.nak(0)
    else await handle(pulled.raw, { attempt: pulled.attempt, signal })
  } catch (error) {
    outcome = answers.nak(signal.aborted ? 0 : reactionBackoffMs(pulled.attempt, timing))
    onError?.(error, pulled.raw)
  }
  answer(nc, held.messages.get(seq)?.reply ?? pulled.reply, outcome)
  held.messages.delete(seq)
  held.bytes -= pulled.bytes
  held.freed()
}

function answer(nc: NatsConnection, reply: string, bytes: Uint8Array): void {
  // Unheard answers are no loss: the message comes again, and effects are idempotent.
  if (!nc.isClosed()) nc.publish(reply, bytes)
}
