import type { Subscribed, Wire, WireMessage } from './wire.ts'

type Listener = { pattern: string[]; queue: string | undefined; onMessage: (message: WireMessage) => void }

const fits = (pattern: string[], subject: string[]) =>
  pattern.length === subject.length && pattern.every((token, at) => token === '*' || token === subject[at])

/** Core NATS as far as the bus uses it, in one process: queue groups, `*`, no responders; delivery is never in the caller's turn. */
export function memoryWire(): Wire {
  const listeners = new Set<Listener>()
  let turn = 0
  let inboxes = 0

  function receivers(subject: string): Listener[] {
    const fitting = [...listeners].filter((listener) => fits(listener.pattern, subject.split('.')))
    const groups = new Map<string, Listener[]>()
    for (const listener of fitting) {
      if (listener.queue !== undefined) groups.set(listener.queue, [...(groups.get(listener.queue) ?? []), listener])
    }
    turn++
    const chosen = [...groups.values()].flatMap((group) => group[turn % group.length] ?? [])
    return [...fitting.filter((listener) => listener.queue === undefined), ...chosen]
  }

  function deliver(message: WireMessage): void {
    const to = receivers(message.subject)
    for (const listener of to) queueMicrotask(() => listener.onMessage(message))
    if (to.length === 0 && message.reply !== '') {
      const nobody = { subject: message.reply, reply: '', headers: {}, body: new Uint8Array(0), noResponders: true }
      for (const listener of receivers(message.reply)) queueMicrotask(() => listener.onMessage(nobody))
    }
  }

  return {
    publish(subject, body, { headers = {}, reply = '' } = {}) {
      deliver({ subject, reply, headers: { ...headers }, body: body.slice(), noResponders: false })
    },
    subscribe(subject, onMessage, { queue } = {}): Subscribed {
      const listener = { pattern: subject.split('.'), queue, onMessage }
      listeners.add(listener)
      const unsubscribe = () => void listeners.delete(listener)
      return { unsubscribe, drain: async () => unsubscribe() }
    },
    flush: async () => undefined,
    // Nobody refuses here.
    onRefused: () => undefined,
    inbox: () => `_INBOX.${++inboxes}`,
  }
}
