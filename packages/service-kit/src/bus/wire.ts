/** What the bus needs of a connection: core NATS in production (`nats-wire.ts`), in-process for specs (`memory-wire.ts`). */
export interface Wire {
  /** Throws where the connection is closed for good; while it is away, messages wait in its buffer. */
  publish(subject: string, body: Uint8Array, options?: { headers?: Headers; reply?: string }): void
  /** `*` stands for one token. Subscribers of one `queue` share the messages, each goes to one of them. */
  subscribe(subject: string, onMessage: (message: WireMessage) => void, options?: { queue?: string }): Subscribed
  /** Resolves when the broker knows of everything said so far: subscriptions made before are heard from here on. */
  flush(): Promise<void>
  /** Calls `refused` with each subject that the broker does not let us publish to. */
  onRefused(refused: (subject: string) => void): void
  /** A fresh subject prefix that nobody else listens to. */
  inbox(): string
}

export type Headers = Readonly<Record<string, string>>

export type WireMessage = {
  subject: string
  /** '' where no answer is awaited. */
  reply: string
  headers: Headers
  body: Uint8Array
  /** The broker's own word: nobody listens to the subject asked. */
  noResponders: boolean
}

export interface Subscribed {
  unsubscribe(): void
  /** No new messages; resolves when those that were on their way have been handed over. */
  drain(): Promise<void>
}
