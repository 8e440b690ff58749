import { ServerNats } from '@nestjs/microservices'
import { DomainError, Principal, refuse } from '@pf/contracts'
import { type Clock, inSpan, inTrace, type Trace } from '@pf/eventing'
import { lastValueFrom } from 'rxjs'
import { Compile } from 'typebox/compile'
import type { Logger } from '../logger.ts'
import type { Metrics } from '../metrics/index.ts'
import { Admission, type AdmissionBounds, type Admitted, defaultBounds, type Load } from './admission.ts'
import { type Answered, type BusRequest, knownTagsHeader, loadOf, type RequestContext } from './answers.ts'
import { answerBytes, partBytes, publishAnswer } from './parts.ts'
import { problemOf } from './problem.ts'
import { anyCancel, isReady, isSharded, subjectsOf } from './subjects.ts'
import type { Subscribed, Wire, WireMessage } from './wire.ts'

export type BusServerOptions = {
  /** The service's name, which is its queue group. */
  service: string
  wire: Wire
  clock: Clock
  logger: Logger
  metrics: Metrics
  /** Of analytics: those that are heard from the start; `openShard` adds others. */
  shards?: readonly string[]
  /** What it takes on at a time; the rest is refused as `overloaded` before any work. */
  bounds?: AdmissionBounds
  /** How long a stop waits for what is in flight before it aborts it. */
  graceMs?: number
  /** Lets the work on a request of a space begin, and knows of it until its end. */
  pass?: (pattern: string, spaceId: string, work: () => Promise<Answered>) => Promise<Answered>
  /** Resolves when what is answered from holds everything up to the log position, or when it took too long. */
  caughtUp?: (position: string) => Promise<unknown>
}

const principal = Compile(Principal)
/** Where a request says no deadline. */
const defaultDeadlineMs = 10_000

type Underway = { controller: AbortController; done: Promise<void> }

/**
 * Nest's NATS strategy with our wire format: raw JSON bodies, everything else in headers, answers in parts,
 * `svc.<service>.cancel.<request id>`. It listens on the platform's connection and leaves that open when it closes.
 */
export class BusServer extends ServerNats {
  readonly #options: Required<BusServerOptions>
  readonly #underway = new Map<string, Underway>()
  #subscribed: Subscribed[] = []
  readonly #admission: Admission
  readonly #shards = new Map<string, Subscribed[]>()
  /** Requests taken so far: tells two with one id apart. */
  #taken = 0

  constructor(options: BusServerOptions) {
    super({})
    this.#options = {
      shards: ['0'],
      bounds: defaultBounds,
      graceMs: 10_000,
      caughtUp: async () => undefined,
      pass: (_, __, work) => work(),
      ...options,
    }
    this.#admission = new Admission(this.#options.bounds, (bytes) => options.metrics.requestBytesHeld.set(bytes))
  }

  override async createNatsClient(): Promise<Wire> {
    return this.#options.wire
  }

  /** The platform watches the connection and tells of it once, not every service again. */
  override async handleStatusUpdates(): Promise<void> {}

  /** Started means heard: a request that follows finds its responder. */
  override start(callback: (error?: unknown) => void): void {
    this.bindEvents(this.#options.wire)
    this.#options.wire.flush().then(() => callback(), callback)
  }

  /** Without a Nest application around it: for who answers a word or two before there is one. */
  opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.start((error) => (error === undefined ? resolve() : reject(error)))
    })
  }

  override bindEvents(wire: Wire): void {
    for (const pattern of this.messageHandlers.keys())
      if (!isSharded(pattern)) this.#subscribed.push(this.#listen(wire, pattern, pattern))
    for (const shard of this.#options.shards) this.#shards.set(shard, this.#listenTo(wire, shard))
    this.#subscribed.push(wire.subscribe(anyCancel(this.#options.service), (message) => this.#cancel(message.subject)))
  }

  /** From here on requests for the shard are heard; resolves when a request that follows finds us. */
  async openShard(shard: string): Promise<void> {
    if (this.#shards.has(shard)) return
    this.#shards.set(shard, this.#listenTo(this.#options.wire, shard))
    await this.#options.wire.flush()
  }

  /** No new requests for the shard; resolves when those on their way were handed over. */
  async closeShard(shard: string): Promise<void> {
    const subscribed = this.#shards.get(shard) ?? []
    this.#shards.delete(shard)
    // A broker that is away never confirms a drain.
    const grace = Promise.withResolvers<void>()
    const timer = setTimeout(grace.resolve, this.#options.graceMs)
    await Promise.race([Promise.all(subscribed.map((one) => one.drain())), grace.promise])
    clearTimeout(timer)
  }

  #listenTo(wire: Wire, shard: string): Subscribed[] {
    return [...this.messageHandlers.keys()]
      .filter(isSharded)
      .flatMap((pattern) => subjectsOf(pattern, [shard]).map((subject) => this.#listen(wire, pattern, subject)))
  }

  #listen(wire: Wire, pattern: string, subject: string): Subscribed {
    const onMessage = (message: WireMessage) => void this.handleMessage(pattern, message)
    return wire.subscribe(subject, onMessage, { queue: this.#options.service })
  }

  /** No new requests; those in flight finish, for as long as the grace period lasts. */
  override async close(): Promise<void> {
    const grace = Promise.withResolvers<void>()
    const timer = setTimeout(() => {
      for (const { controller } of this.#underway.values()) controller.abort(refuse('unavailable', 'Shutting down.'))
      grace.resolve()
    }, this.#options.graceMs)
    // A broker that is away never confirms a drain.
    const subscribed = [...this.#subscribed.splice(0), ...[...this.#shards.values()].flat()]
    this.#shards.clear()
    await Promise.race([Promise.all(subscribed.map((one) => one.drain())), grace.promise])
    await Promise.race([Promise.all([...this.#underway.values()].map(({ done }) => done)), grace.promise])
    clearTimeout(timer)
    this.statusEventEmitter.removeAllListeners()
  }

  /** Never rejects: whatever goes wrong becomes a problem for the caller and a line in the log. */
  override async handleMessage(pattern: string, message: WireMessage): Promise<void> {
    const requestId = message.headers['pf-request-id'] ?? ''
    const controller = new AbortController()
    const done = this.#answer(pattern, message, requestId, controller)
    const key = `${requestId}/${++this.#taken}`
    this.#underway.set(key, { controller, done })
    await done
    this.#underway.delete(key)
  }

  async #answer(pattern: string, message: WireMessage, requestId: string, controller: AbortController): Promise<void> {
    const { clock, logger, metrics } = this.#options
    const answered = metrics.requestSeconds.startTimer({ operation: operationOf(pattern) })
    metrics.requestsInFlight.inc()
    const { signal } = controller
    const deadline = deadlineOf(message, clock.now())
    const remainingMs = deadline.getTime() - clock.now().getTime()
    const timer = setTimeout(() => controller.abort(late()), Math.max(0, Math.min(remainingMs, 2 ** 31 - 1)))
    let admitted: Admitted | undefined
    let outcome = 'ok'
    try {
      if (remainingMs <= 0) throw late()
      admitted = await this.#admit(pattern, message, signal)
      const traceparent = message.headers['traceparent']
      const position = message.headers['pf-log-position']
      if (position !== undefined) await this.#options.caughtUp(position)
      const knownTags = message.headers[knownTagsHeader]?.split(',') ?? []
      const context = { requestId, traceparent, deadline, signal, knownTags }
      const { body, headers } = await inTrace(traceOf(message, context), () =>
        this.#traced(pattern, () => this.#handle(pattern, message, context)),
      )
      // What a method returns once it was told to stop may be half of an answer.
      signal.throwIfAborted()
      admitted?.answers(body.length)
      this.#publish(message, body, headers)
      // A long answer is held until the line has taken it: the client's own buffer knows no bound.
      if (body.length > partBytes) await this.#options.wire.flush().catch(() => undefined)
    } catch (error) {
      const problem = problemOf(signal.aborted ? (signal.reason ?? error) : error)
      outcome = problem.code
      if (outcome === 'internal') logger.error({ err: error, pattern, requestId }, 'request failed')
      const body = new TextEncoder().encode(JSON.stringify(problem))
      this.#publish(message, body, { 'pf-problem': problem.code })
    } finally {
      clearTimeout(timer)
      admitted?.leave()
      metrics.requestsInFlight.dec()
      answered({ outcome })
    }
  }

  /** Whoever asks how we are asks all the time: nothing of it is worth a span. */
  #traced(pattern: string, work: () => Promise<Answered>): Promise<Answered> {
    if (isReady(pattern)) return work()
    const { service } = this.#options
    return inSpan({ name: `answer ${service}.${operationOf(pattern)}`, kind: 'server', attributes: { service } }, work)
  }

  /** Whoever asks how we are is told so under any load. Throws `overloaded`, the signal's reason. */
  async #admit(pattern: string, { body }: WireMessage, signal: AbortSignal): Promise<Admitted | undefined> {
    if (isReady(pattern)) return undefined
    try {
      return await this.#admission.enter(this.#loadOf(pattern), body.length, signal)
    } catch (error) {
      if (!signal.aborted) this.#options.metrics.requestsShed.inc({ operation: operationOf(pattern) })
      throw error
    }
  }

  #loadOf(pattern: string): Load {
    return loadOf(this.getHandlerByPattern(pattern)?.extras)
  }

  async #handle(pattern: string, message: WireMessage, context: RequestContext): Promise<Answered> {
    const handler = this.getHandlerByPattern(pattern)
    if (handler === null) throw refuse('not_found', `Nothing answers ${pattern}.`)
    const request: BusRequest = { body: message.body, principal: principalOf(message) }
    const work = async (): Promise<Answered> => {
      const answer: unknown = await lastValueFrom(this.transformToObservable(await handler(request, context)))
      if (answer instanceof Uint8Array) return { body: answer, headers: {} }
      if (isAnswered(answer)) return answer
      throw new TypeError(`The method behind ${pattern} answered without @Answers.`)
    }
    const spaceId = request.principal?.spaceId
    const answer = spaceId === undefined ? await work() : await this.#options.pass(pattern, spaceId, work)
    if (answer.body.length > answerBytes) {
      const detail = `The answer has ${answer.body.length} bytes; at most ${answerBytes} go over the bus. Ask for less at once.`
      throw refuse('payload_too_large', detail)
    }
    return answer
  }

  #publish(message: WireMessage, body: Uint8Array, headers: Record<string, string> = {}): void {
    if (message.reply === '') return
    try {
      publishAnswer(this.#options.wire, message.reply, body, headers)
    } catch (error) {
      this.#options.logger.warn({ err: error, subject: message.subject }, 'answer could not be sent')
    }
  }

  #cancel(subject: string): void {
    const requestId = subject.slice(subject.lastIndexOf('.') + 1)
    for (const [key, { controller }] of this.#underway) {
      if (key.startsWith(`${requestId}/`)) controller.abort(refuse('unavailable', 'The caller went away.'))
    }
  }
}

const isAnswered = (answer: unknown): answer is Answered =>
  typeof answer === 'object' && answer !== null && 'body' in answer && answer.body instanceof Uint8Array

/** What the request leads to belongs to it: events appended, other services asked. */
function traceOf(message: WireMessage, { requestId, traceparent }: RequestContext): Trace {
  const correlationId = message.headers['pf-correlation-id'] ?? requestId
  return { correlationId, ...(traceparent === undefined ? {} : { traceparent }) }
}

const late = () => new DomainError('unavailable', 'It came too late to be answered in time.', { retryAfterSeconds: 2 })
const operationOf = (pattern: string) => pattern.slice(pattern.lastIndexOf('.') + 1)

function deadlineOf(message: WireMessage, now: Date): Date {
  const said = Number(message.headers['pf-deadline'])
  return new Date(Number.isSafeInteger(said) && said > 0 ? said : now.getTime() + defaultDeadlineMs)
}

function principalOf(message: WireMessage): Principal | undefined {
  const said = message.headers['pf-principal']
  if (said === undefined) return undefined
  let parsed: unknown
  try {
    parsed = JSON.parse(said)
  } catch {
    parsed = undefined
  }
  if (!principal.Check(parsed)) throw refuse('unauthenticated', 'The request carried a principal that is none.')
  return parsed
}
