import type { StoredMsg } from '@nats-io/jetstream'
import { createInbox, type MsgHdrs, type NatsConnection, headers as newHeaders } from '@nats-io/transport-node'
import type { RawMessage } from '../ports.ts'

export function rawOfStored(stored: StoredMsg): RawMessage {
  return {
    subject: stored.subject,
    seq: stored.seq,
    time: stored.time.toISOString(),
    headers: recordOf(stored.header),
    body: stored.data,
  }
}

export function recordOf(headers: MsgHdrs | undefined): Record<string, string> {
  const record: Record<string, string> = {}
  for (const [name, values] of headers ?? []) record[name] = values.at(-1) ?? ''
  return record
}

export function headersFrom(record: Readonly<Record<string, string>>): MsgHdrs {
  const headers = newHeaders()
  for (const [name, value] of Object.entries(record)) headers.set(name, value)
  return headers
}

const encoder = new TextEncoder()
const nanosPerMs = 1_000_000

/** The four answers to a delivered message (JetStream's acknowledgement protocol). */
export const answers = {
  ack: encoder.encode('+ACK'),
  working: encoder.encode('+WPI'),
  nak: (delayMs: number) => encoder.encode(`-NAK ${JSON.stringify({ delay: delayMs * nanosPerMs })}`),
}

export type Pulled = {
  raw: RawMessage
  /** Where to acknowledge. */
  reply: string
  /** Of this message, from 1. */
  attempt: number
  /** Count of deliveries of the consumer, from 1: contiguous, or something was lost on the way. */
  delivery: number
  bytes: number
}

type Delivered = { subject: string; headers?: MsgHdrs; data: Uint8Array; reply?: string }

/**
 * Reads `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<attempt>.<stream seq>.<delivery>.<nanos>.<pending>[.<random>]`
 * (ADR-15); undefined where the message is a status of the pull and no message of the stream.
 */
export function pulledOf(message: Delivered): Pulled | undefined {
  const { reply } = message
  if (!reply?.startsWith('$JS.ACK.')) return undefined
  const tokens = reply.split('.')
  const first = tokens.length === 9 ? 4 : 6
  return {
    raw: rawOfDelivered(message, Number(tokens[first + 1]), tokens[first + 3] ?? '0'),
    reply,
    attempt: Number(tokens[first]),
    delivery: Number(tokens[first + 2]),
    bytes: message.data.byteLength + message.subject.length + reply.length + 512,
  }
}

/** Headers and time are read where they are asked for: half of what a replay costs, and not every reader wants them. */
function rawOfDelivered(message: Delivered, seq: number, nanos: string): RawMessage {
  let headers: Record<string, string> | undefined
  return {
    subject: message.subject,
    seq,
    body: message.data,
    get headers() {
      headers ??= recordOf(message.headers)
      return headers
    },
    get time() {
      return new Date(Number(nanos.slice(0, -6))).toISOString()
    },
  }
}

/** A fresh inbox under the connection's own prefix: there the broker lets nobody else listen. */
export function inboxOf(nc: NatsConnection): string {
  // The client keeps the options it was given; the type does not show them.
  const { options } = nc as NatsConnection & { options?: { inboxPrefix?: string } }
  return createInbox(options?.inboxPrefix)
}

export type PullLimits = { batch: number; maxBytes: number; expiresMs: number }

/**
 * One pull of a consumer, bounded by messages and by bytes. Ends `served` where the batch came or its time ran out,
 * `lost` where the consumer is gone or the broker silent for two heartbeats: make the consumer anew.
 */
export function pull(
  nc: NatsConnection,
  consumer: { stream: string; name: string },
  { batch, maxBytes, expiresMs }: PullLimits,
  onMessage: (pulled: Pulled) => void,
  signal: AbortSignal,
): Promise<'served' | 'lost'> {
  const heartbeatMs = Math.min(1000, expiresMs / 2)
  return new Promise((resolve) => {
    const inbox = inboxOf(nc)
    let left = batch
    let silent: NodeJS.Timeout
    const finish = (end: 'served' | 'lost') => {
      clearTimeout(silent)
      signal.removeEventListener('abort', abort)
      sub.unsubscribe()
      resolve(end)
    }
    const abort = () => finish('served')
    const watch = () => {
      clearTimeout(silent)
      silent = setTimeout(() => finish('lost'), heartbeatMs * 2.5)
    }
    const sub = nc.subscribe(inbox, {
      callback(error, message) {
        if (error) return finish('lost')
        watch()
        const pulled = pulledOf(message)
        if (pulled) {
          onMessage(pulled)
          if (--left === 0) finish('served')
          return
        }
        const end = endOf(message.headers)
        if (end) finish(end)
      },
    })
    watch()
    signal.addEventListener('abort', abort, { once: true })
    if (signal.aborted) return abort()
    const request = {
      batch,
      max_bytes: maxBytes,
      expires: expiresMs * nanosPerMs,
      idle_heartbeat: heartbeatMs * nanosPerMs,
    }
    nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${consumer.stream}.${consumer.name}`, JSON.stringify(request), {
      reply: inbox,
    })
  })
}

/** Statuses of a pull (ADR-13): 100 heartbeat, 404 and 408 nothing more, 409 by its words, 503 nobody there. */
function endOf(status: MsgHdrs | undefined): 'served' | 'lost' | undefined {
  const code = status?.code ?? 0
  if (code === 100) return undefined
  if (code === 404 || code === 408) return 'served'
  if (code === 409 && /maxbytes|batch completed/i.test(status?.description ?? '')) return 'served'
  return 'lost'
}
