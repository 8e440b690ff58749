import type { Context } from '@pf/contracts'
import {
  addressOf,
  type EventLog,
  LogUnavailable,
  type RawMessage,
  type ReactOptions,
  type Running,
  UnknownOutcome,
} from '@pf/eventing'
import { createMemoryLog } from '@pf/eventing/memory'
import type { Rng } from '@pf/sandbox-bank/world'
import type { Line } from './line.ts'
import type { Owner } from './virtual-time.ts'

/** Of a delivery that nobody acknowledges the broker waits so long; a handler at work asks for more. */
const ackWaitMs = 30_000
/** An append without an answer is given up after this. */
const giveUpMs = 5_000
const longestNakMs = 60_000

type Subscriber = {
  owner: Owner
  options: ReactOptions
  stopping: AbortController
  lanes: Map<string, Promise<void>>
}
type Delivery = { to: Subscriber; isUnderway: boolean; isAcknowledged: boolean }
/** A durable consumer: what it settled outlives every process. */
type Durable = {
  context: Context
  name: string
  aggregates: readonly string[] | undefined
  wants: ReactOptions['wants']
  settled: Set<number>
  attempts: Map<number, number>
  underway: Map<number, Delivery>
  /** Wait for a subscriber. */
  waiting: Set<number>
  subscribers: Set<Subscriber>
}

/** The memory log behind a network: what is said to it travels, may get lost, and comes to whoever lives. */
export class Broker {
  readonly log: EventLog
  /** Told of each message as it lands. */
  onLanded: (message: RawMessage) => void = () => undefined
  readonly #line: Line
  readonly #rng: Rng
  readonly #messages = new Map<Context, (RawMessage | undefined)[]>()
  readonly #arrivals = new Map<Context, Set<() => void>>()
  readonly #durables = new Map<string, Durable>()

  constructor(line: Line, rng: Rng) {
    this.#line = line
    this.#rng = rng
    this.log = createMemoryLog({ clock: line.time.clock })
  }

  /** By sequence − 1; one that was purged is missing. */
  messagesOf(context: Context): readonly (RawMessage | undefined)[] {
    return this.#messages.get(context) ?? []
  }

  /** How many deliveries of a reaction's messages have not come to their end. */
  unsettled(): number {
    let count = 0
    for (const { underway, waiting } of this.#durables.values()) count += underway.size + waiting.size
    return count
  }

  /** The log as one process reaches it. */
  logOf(owner: Owner): EventLog {
    const { log } = this
    const line = this.#line
    const reading = async <T>(read: () => Promise<T>): Promise<T> => {
      await line.turn(owner)
      if (line.strikes.at('load', owner.name)) throw new LogUnavailable()
      return read()
    }
    return {
      append: (request) => this.#append(owner, request),
      load: (subject, afterSeq) => reading(() => log.load(subject, afterSeq)),
      read: (context, seq) => reading(() => log.read(context, seq)),
      next: (context, afterSeq) => reading(() => log.next(context, afterSeq)),
      info: (context) => reading(() => log.info(context)),
      tail: (context, after, signal) =>
        this.#tail(owner, context, typeof after === 'number' ? after : after.seq, signal),
      scan: (...args) => log.scan(...args),
      purge: async (of, purging) => {
        await line.turn(owner)
        return log.purge(of, async (seqs) => {
          await purging(seqs)
          for (const seq of seqs) this.#forget(of.context, seq)
        })
      },
      snapshots: {
        find: (subject) => reading(() => log.snapshots.find(subject)),
        async keep(subject, snapshot) {
          await line.turn(owner)
          await log.snapshots.keep(subject, snapshot)
        },
        drop: (of) => reading(() => log.snapshots.drop(of)),
      },
      react: async (options) => this.#react(owner, options),
    }
  }

  #forget(context: Context, seq: number): void {
    delete this.#messages.get(context)?.[seq - 1]
    for (const durable of this.#durables.values()) {
      if (durable.context !== context) continue
      durable.waiting.delete(seq)
      durable.underway.delete(seq)
    }
  }

  async #append(owner: Owner, request: Parameters<EventLog['append']>[0]): ReturnType<EventLog['append']> {
    const line = this.#line
    await line.turn(owner)
    const fault = line.strikes.at('append', owner.name)
    if (fault?.kind === 'lost') {
      await line.time.wait(giveUpMs, owner)
      throw new UnknownOutcome(request.subject)
    }
    if (fault?.kind === 'late') {
      // It lands after its sender has looked for it and given up.
      line.time.after(giveUpMs + fault.ms, undefined, () => void this.#land(request).catch(() => undefined))
      await line.time.wait(giveUpMs, owner)
      throw new UnknownOutcome(request.subject)
    }
    const landed = await this.#land(request)
    if (fault?.kind === 'unheard') {
      await line.time.wait(giveUpMs, owner)
      throw new UnknownOutcome(request.subject)
    }
    await line.turn(owner)
    return landed
  }

  async #land(request: Parameters<EventLog['append']>[0]): ReturnType<EventLog['append']> {
    const landed = await this.log.append(request)
    if (!landed.duplicate) await this.#arrived(addressOf(request.subject).context, landed.seq)
    return landed
  }

  async #arrived(context: Context, seq: number): Promise<void> {
    const message = await this.log.read(context, seq)
    if (message === undefined)
      throw new Error(`The memory log does not hold ${context} ${seq}, which it has just taken.`)
    const messages = this.#messages.get(context) ?? []
    this.#messages.set(context, messages)
    messages[seq - 1] = message
    this.onLanded(message)
    for (const wake of this.#arrivals.get(context) ?? []) wake()
    for (const durable of this.#durables.values()) if (wants(durable, message)) this.#deliver(durable, seq, 0)
  }

  async *#tail(owner: Owner, context: Context, afterSeq: number, signal: AbortSignal): AsyncGenerator<RawMessage> {
    for (let seq = afterSeq + 1; !signal.aborted; ) {
      await this.#line.turn(owner)
      while (seq <= this.messagesOf(context).length) {
        if (signal.aborted) return
        const message = this.messagesOf(context)[seq - 1]
        seq++
        if (message !== undefined) yield message
      }
      if (this.messagesOf(context).length < seq) await this.#arrival(context, signal)
    }
  }

  #arrival(context: Context, signal: AbortSignal): Promise<void> {
    const arrivals = this.#arrivals.get(context) ?? new Set()
    this.#arrivals.set(context, arrivals)
    return new Promise((resolve) => {
      const done = () => {
        arrivals.delete(done)
        signal.removeEventListener('abort', done)
        resolve()
      }
      arrivals.add(done)
      signal.addEventListener('abort', done, { once: true })
    })
  }

  #react(owner: Owner, options: ReactOptions): Running {
    const durable = this.#durableOf(options)
    const subscriber: Subscriber = { owner, options, stopping: new AbortController(), lanes: new Map() }
    durable.subscribers.add(subscriber)
    for (const seq of [...durable.waiting]) this.#deliver(durable, seq, 0)
    return {
      async stop() {
        durable.subscribers.delete(subscriber)
        subscriber.stopping.abort()
        await Promise.all(subscriber.lanes.values())
      },
    }
  }

  #durableOf({ context, name, aggregates, wants: wanted }: ReactOptions): Durable {
    const id = `${context}/${name}`
    const known = this.#durables.get(id)
    if (known !== undefined) return known
    const durable: Durable = {
      ...{ context, name, aggregates, wants: wanted, settled: new Set(), attempts: new Map(), underway: new Map() },
      ...{ waiting: new Set(), subscribers: new Set() },
    }
    for (const message of this.messagesOf(context))
      if (message && wants(durable, message)) durable.waiting.add(message.seq)
    this.#durables.set(id, durable)
    return durable
  }

  /** To one of those that live, stopped or not; where none does, when one comes. */
  #deliver(durable: Durable, seq: number, delayMs: number): void {
    for (const subscriber of durable.subscribers) if (!subscriber.owner.isAlive) durable.subscribers.delete(subscriber)
    this.#deliverTo([...durable.subscribers], durable, seq, delayMs)
  }

  #deliverTo(takers: readonly Subscriber[], durable: Durable, seq: number, delayMs: number): void {
    durable.waiting.delete(seq)
    if (takers.length === 0) {
      durable.waiting.add(seq)
      return
    }
    const delivery: Delivery = { to: this.#rng.pick(takers), isUnderway: false, isAcknowledged: false }
    durable.underway.set(seq, delivery)
    this.#line.time.after(delayMs + this.#line.latencyMs(), undefined, () => this.#handOver(durable, seq, delivery))
    this.#watch(durable, seq, delivery, delayMs)
  }

  /**
   * Redelivers what nobody works on any more: to those that run, since who is stopped asks for nothing. Where all are
   * stopped it stays with whoever holds it, who goes on with it in time.
   */
  #watch(durable: Durable, seq: number, delivery: Delivery, delayMs: number): void {
    const { time } = this.#line
    time.after(delayMs + ackWaitMs, undefined, () => {
      if (delivery.isAcknowledged || durable.underway.get(seq) !== delivery) return
      const { owner } = delivery.to
      const stoppedMs = owner.isAlive ? owner.pausedUntilMs - time.nowMs : 0
      const running = [...durable.subscribers].filter(({ owner: of }) => of.isAlive && of.pausedUntilMs <= time.nowMs)
      if (stoppedMs > 0 && running.length === 0) this.#watch(durable, seq, delivery, stoppedMs)
      else if (stoppedMs > 0) this.#deliverTo(running, durable, seq, 0)
      else if (owner.isAlive && delivery.isUnderway) this.#watch(durable, seq, delivery, 0)
      else this.#deliver(durable, seq, 0)
    })
  }

  #handOver(durable: Durable, seq: number, delivery: Delivery): void {
    const { owner, lanes, stopping } = delivery.to
    const message = this.messagesOf(durable.context)[seq - 1]
    if (!owner.isAlive || stopping.signal.aborted || message === undefined) return
    delivery.isUnderway = true
    const mine = (lanes.get(message.subject) ?? Promise.resolve()).then(() => this.#handle(durable, message, delivery))
    lanes.set(message.subject, mine)
    void mine.then(() => {
      if (lanes.get(message.subject) === mine) lanes.delete(message.subject)
    })
  }

  async #handle(durable: Durable, message: RawMessage, delivery: Delivery): Promise<void> {
    const { owner, options, stopping } = delivery.to
    const { seq } = message
    const line = this.#line
    await line.turn(owner)
    const attempt = (durable.attempts.get(seq) ?? 0) + 1
    durable.attempts.set(seq, attempt)
    try {
      await options.handle(message, { attempt, signal: stopping.signal })
      await line.turn(owner)
      delivery.isUnderway = false
      if (line.strikes.at('ack', owner.name)) return
      delivery.isAcknowledged = true
      durable.settled.add(seq)
      if (durable.underway.get(seq) === delivery) durable.underway.delete(seq)
    } catch (error) {
      options.onError?.(error, message)
      await line.turn(owner)
      if (durable.underway.get(seq) !== delivery || durable.settled.has(seq)) return
      delivery.isAcknowledged = true
      const ceilingMs = Math.min(1000 * 2 ** (attempt - 1), longestNakMs)
      this.#deliver(durable, seq, ceilingMs * (1 - this.#rng.next() / 4))
    }
  }
}

function wants({ context, aggregates, wants, settled }: Durable, message: RawMessage): boolean {
  const at = addressOf(message.subject)
  return (
    at.context === context &&
    !settled.has(message.seq) &&
    (aggregates?.includes(at.aggregate) ?? true) &&
    (wants?.(message) ?? true)
  )
}
