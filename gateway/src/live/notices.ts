import { type Context, contexts, type Rest, refuse } from '@pf/contracts'
import { type EventLog, encodePosition, LogReplaced, type RawMessage, systemTiming, type Timing } from '@pf/eventing'

/** Notices kept for a page that comes back (`Last-Event-ID`); past them it is told to read everything again. */
const buffered = 1000

const beginAgainMs = 1000

type StreamEnd = { createdAt: string; lastSeq: number }
export type Sent = { id: string; spaceId: string; notice: Rest.Notice }
type Listener = (sent: Sent) => void

const topics: Partial<Record<Context, Rest.Notice['topic']>> = {
  connection: 'connections',
  extraction: 'syncs',
  storage: 'held',
  analytics: 'marts',
}

/** Where a context's stream holds more than one kind of news. */
const topicsOfAggregates: Readonly<Record<string, Rest.Notice['topic']>> = {
  mart_rebuild: 'rebuilds',
  query_book: 'queries',
  data_export: 'exports',
}

/**
 * Tails the log's streams from now on and tells open pages what to read again. Made of subjects and positions alone:
 * bodies stay sealed, and a space hears of its own subjects only.
 */
export class Notices {
  readonly #listeners = new Map<string, Set<Listener>>()
  readonly #buffer: Sent[] = []
  readonly #stop = new AbortController()
  readonly #epoch: string
  readonly #streamsPerSpace: number
  readonly #timing: Timing
  #count = 0

  constructor(epoch: string, streamsPerSpace = Number.POSITIVE_INFINITY, timing = systemTiming) {
    this.#epoch = epoch
    this.#streamsPerSpace = streamsPerSpace
    this.#timing = timing
  }

  /** Resolves when all tails stand; a tail that breaks for good is reported. */
  async start(log: EventLog, onError: (error: unknown) => void): Promise<void> {
    const from = await Promise.all(
      contexts.filter((context) => topics[context]).map(async (context) => ({ context, ...(await log.info(context)) })),
    )
    for (const { context, ...end } of from) void this.#follow(log, context, end, onError).catch(onError)
  }

  stop(): void {
    this.#stop.abort()
  }

  /** Aborted when no more will be told. */
  get stopped(): AbortSignal {
    return this.#stop.signal
  }

  /**
   * Calls `listener` with each notice of the space from now on. Answers what was missed since `lastId`, or `undefined`
   * where that lies past the buffer (or in another process' life). Throws `too_many_requests` where as many listen as may.
   */
  listen(
    spaceId: string,
    lastId: string | undefined,
    listener: Listener,
  ): { missed: Sent[] | undefined; close(): void } {
    const listeners = this.#listeners.get(spaceId) ?? new Set()
    if (listeners.size >= this.#streamsPerSpace) {
      throw refuse('too_many_requests', `${listeners.size} pages listen already. Close some of them.`)
    }
    this.#listeners.set(spaceId, listeners)
    listeners.add(listener)
    const close = () => {
      listeners.delete(listener)
      if (listeners.size === 0) this.#listeners.delete(spaceId)
    }
    return { missed: lastId === undefined ? [] : this.#since(spaceId, lastId), close }
  }

  /** What was told of a space is told nobody again. */
  forget(spaceId: string): void {
    for (const sent of this.#buffer) if (sent.spaceId === spaceId) sent.spaceId = ''
    this.#listeners.delete(spaceId)
  }

  get listening(): number {
    return [...this.#listeners.values()].reduce((sum, set) => sum + set.size, 0)
  }

  #since(spaceId: string, lastId: string): Sent[] | undefined {
    const [epoch, count] = lastId.split('.')
    const first = this.#count - this.#buffer.length
    if (epoch !== this.#epoch || !(Number(count) >= first)) return undefined
    return this.#buffer.slice(Number(count) - first).filter((sent) => sent.spaceId === spaceId)
  }

  /** Where the log was replaced, or its last message erased, it goes on at the end: pages read anew what is there. */
  async #follow(log: EventLog, context: Context, end: StreamEnd, onError: (error: unknown) => void): Promise<void> {
    const { signal } = this.#stop
    for (let { createdAt, lastSeq } = end; !signal.aborted; ) {
      try {
        const after = { seq: lastSeq, streamCreatedAt: createdAt }
        for await (const message of log.tail(context, after, signal)) this.#tell(context, message)
      } catch (error) {
        if (!(error instanceof LogReplaced)) throw error
        onError(error)
        await this.#timing.wait(beginAgainMs, signal)
        // Where the stream is not there yet, the next round says so.
        ;({ createdAt, lastSeq } = await log.info(context).catch(() => ({ createdAt, lastSeq })))
      }
    }
  }

  #tell(context: Context, message: RawMessage): void {
    const [, , aggregate, spaceId, aggregateId] = message.subject.split('.')
    const topic = topicsOfAggregates[aggregate ?? ''] ?? topics[context]
    if (topic === undefined || spaceId === undefined || aggregateId === undefined) return
    const notice: Rest.Notice = { topic, log_position: encodePosition({ [context]: message.seq }) }
    if (aggregate === 'connection') notice.connection_id = aggregateId
    if (aggregate === 'feed' || aggregate === 'ledger') notice.account_id = aggregateId
    this.#count += 1
    const sent = { id: `${this.#epoch}.${this.#count}`, spaceId, notice }
    this.#buffer.push(sent)
    if (this.#buffer.length > buffered) this.#buffer.shift()
    for (const listener of this.#listeners.get(spaceId) ?? []) listener(sent)
  }
}
