import {
  type Msg,
  type NatsConnection,
  headers as natsHeaders,
  PermissionViolationError,
} from '@nats-io/transport-node'
import { inboxOf } from '@pf/eventing/jetstream'
import type { Headers, Wire, WireMessage } from './wire.ts'

/** The connection belongs to its owner: nothing here closes it. */
export function natsWire(nats: NatsConnection): Wire {
  return {
    publish(subject, body, { headers, reply } = {}) {
      nats.publish(subject, body, {
        ...(headers === undefined ? {} : { headers: outgoing(headers) }),
        ...(reply === undefined ? {} : { reply }),
      })
    },
    subscribe(subject, onMessage, { queue } = {}) {
      const subscription = nats.subscribe(subject, {
        ...(queue === undefined ? {} : { queue }),
        // An error here means that the subscription ended with its connection; the platform's health tells of that.
        callback: (error, message) => {
          if (error === null) onMessage(incoming(message))
        },
      })
      return {
        unsubscribe: () => subscription.unsubscribe(),
        drain: () => (nats.isClosed() ? Promise.resolve() : subscription.drain()),
      }
    },
    flush: () => nats.flush(),
    inbox: () => inboxOf(nats),
    onRefused: (refused) => void tellRefused(nats, refused),
  }
}

/** The broker says so beside the answers, and names the subject only. */
async function tellRefused(nats: NatsConnection, refused: (subject: string) => void): Promise<void> {
  for await (const status of nats.status()) {
    if (status.type !== 'error' || !(status.error instanceof PermissionViolationError)) continue
    if (status.error.operation === 'publish') refused(status.error.subject)
  }
}

function outgoing(plain: Headers) {
  const headers = natsHeaders()
  for (const [name, value] of Object.entries(plain)) headers.set(name, value)
  return headers
}

function incoming(message: Msg): WireMessage {
  const headers: Record<string, string> = {}
  for (const name of message.headers?.keys() ?? []) headers[name] = message.headers?.get(name) ?? ''
  const noResponders = message.headers?.code === 503 && message.data.length === 0
  return { subject: message.subject, reply: message.reply ?? '', headers, body: message.data, noResponders }
}
