import type { NatsConnection } from '@nats-io/transport-node'
import { DomainError, type InputOf, type Operation, type OutputOf, type Principal, refuse } from '@pf/contracts'
import { beginSpan, type Clock, currentTrace, type Ids, type OpenSpan, systemClock, systemIds } from '@pf/eventing'
import { type Answered, knownTagsHeader, tagHeader, unchangedHeader } from './answers.ts'
import { natsWire } from './nats-wire.ts'
import { Parts, partBytes } from './parts.ts'
import { refusalOf } from './problem.ts'
import { cancelSubject, patternOf, shardOf, subjectsOf } from './subjects.ts'
import type { Wire, WireMessage } from './wire.ts'

export type CallOptions = {
  /** On whose behalf; operations that are not open are refused without. */
  principal?: Principal
  /** 10 s unless told. The service stops working on it when it has passed. */
  deadlineMs?: number
  /** Aborting it tells the service to stop. */
  signal?: AbortSignal
  /** Fresh unless told: stands in both sides' logs. */
  requestId?: string
  /** Of the work underway unless told. */
  traceparent?: string
  /** The answer holds everything up to this log position, where the service gets there within 5 s. */
  logPosition?: string
}

export type TaggedCallOptions = CallOptions & { knownTags?: readonly string[] }
export type Tagged = { body: Uint8Array | undefined; tag: string | undefined }

/** Requests to services. Refusals arrive as the DomainError that was thrown there; nobody there, or too late: `unavailable`. */
export interface Bus {
  call<Op extends Operation>(operation: Op, input: InputOf<Op>, options?: CallOptions): Promise<OutputOf<Op>>
  /** The answer as the service wrote it: JSON in UTF-8, not parsed. */
  callRaw<Op extends Operation>(operation: Op, input: InputOf<Op>, options?: CallOptions): Promise<Uint8Array>
  /**
   * The same with its tag, where the service gives it one. `body` is undefined where one of `knownTags` still names the
   * answer: then nothing was computed, and nothing sent.
   */
  callTagged<Op extends Operation>(operation: Op, input: InputOf<Op>, options?: TaggedCallOptions): Promise<Tagged>
  /** Ends what is under way (`unavailable`); the connection stays open. */
  close(): void
}

export type BusOptions = {
  clock?: Clock
  ids?: Ids
  shards?: number
  /** More calls that wait for their answers are refused here as `overloaded`. */
  maxPending?: number
}

const defaultDeadlineMs = 10_000

type Pending = {
  /** That it was sent to. */
  subject: string
  parts: Parts
  answered(answer: Answered): void
  refused(error: unknown): void
}

export function createBus(nats: NatsConnection, options: BusOptions = {}): Bus {
  return createBusOn(natsWire(nats), options)
}

export function createBusOn(wire: Wire, options: BusOptions = {}): Bus {
  const { clock = systemClock, ids = systemIds, shards = 1, maxPending = 1_000 } = options
  const inbox = wire.inbox()
  const pending = new Map<string, Pending>()
  wire.onRefused((subject) => {
    for (const call of [...pending.values()]) if (call.subject === subject) call.refused(notPermitted(subject))
  })
  const answers = wire.subscribe(`${inbox}.*`, (message) => receive(pending, message))

  async function ask(operation: Operation, input: unknown, call: TaggedCallOptions = {}): Promise<Answered> {
    const subject = subjectFor(operation, call.principal, shards)
    const body = Buffer.from(JSON.stringify(input ?? {}))
    if (body.length > partBytes) {
      throw refuse('payload_too_large', `The request has ${body.length} bytes; at most ${partBytes} go over the bus.`)
    }
    call.signal?.throwIfAborted()
    if (pending.size >= maxPending) throw overloaded()
    const requestId = call.requestId ?? ids.uuid()
    const token = ids.uuid()
    const deadlineMs = call.deadlineMs ?? defaultDeadlineMs
    const { service, operation: name } = operation
    const span = beginSpan(
      { name: `ask ${service}.${name}`, kind: 'client', attributes: { service } },
      call.traceparent ?? currentTrace().traceparent,
    )
    const headers = {
      'pf-request-id': requestId,
      'pf-deadline': String(clock.now().getTime() + deadlineMs),
      ...(call.principal === undefined ? {} : { 'pf-principal': JSON.stringify(call.principal) }),
      ...traceHeaders({ traceparent: span?.traceparent ?? call.traceparent }),
      ...(call.logPosition === undefined ? {} : { 'pf-log-position': call.logPosition }),
      ...(call.knownTags?.length ? { [knownTagsHeader]: call.knownTags.join(',') } : {}),
    }
    const answer = awaitAnswer(pending, { token, subject, deadlineMs, signal: call.signal }, () =>
      send(wire, cancelSubject(operation.service, requestId)),
    )
    send(wire, subject, body, { headers, reply: `${inbox}.${token}` }, (error) => pending.get(token)?.refused(error))
    return span === undefined ? answer : ended(span, answer)
  }

  const callRaw: Bus['callRaw'] = async (operation, input, call) => (await ask(operation, input, call)).body

  return {
    callRaw,
    async callTagged(operation, input, call) {
      const { body, headers } = await ask(operation, input, call)
      return { body: headers[unchangedHeader] === undefined ? body : undefined, tag: headers[tagHeader] }
    },
    async call<Op extends Operation>(operation: Op, input: InputOf<Op>, call?: CallOptions): Promise<OutputOf<Op>> {
      return JSON.parse(new TextDecoder().decode(await callRaw(operation, input, call))) as OutputOf<Op>
    },
    close() {
      answers.unsubscribe()
      for (const { refused } of [...pending.values()]) refused(unavailable('This side is shutting down.'))
    },
  }
}

async function ended(span: OpenSpan, answer: Promise<Answered>): Promise<Answered> {
  try {
    const answered = await answer
    span.end({ attributes: { bytes: answered.body.length } })
    return answered
  } catch (error) {
    span.end({ error })
    throw error
  }
}

/** A request belongs to what the work underway belongs to; where that is nothing, its id begins a correlation there. */
function traceHeaders({
  traceparent = currentTrace().traceparent,
}: {
  traceparent: string | undefined
}): Record<string, string> {
  const { correlationId } = currentTrace()
  return {
    ...(correlationId === undefined ? {} : { 'pf-correlation-id': correlationId }),
    ...(traceparent === undefined ? {} : { traceparent }),
  }
}

function subjectFor(operation: Operation, principal: Principal | undefined, shards: number): string {
  const shard = operation.service === 'analytics' ? shardOf(principal?.spaceId ?? '', shards) : ''
  return subjectsOf(patternOf(operation), [shard])[0] ?? ''
}

const unavailable = (detail: string, cause?: unknown) =>
  new DomainError('unavailable', detail, { retryAfterSeconds: 2, cause })

const overloaded = () =>
  new DomainError('overloaded', 'Too many requests wait for their answers already. Ask again shortly.', {
    retryAfterSeconds: 1,
  })

const notPermitted = (subject: string) =>
  refuse(
    'internal',
    `The broker does not let this process ask ${subject}: contracts/src/participants.ts declares who may.`,
  )

function send(
  wire: Wire,
  subject: string,
  body: Uint8Array = new Uint8Array(0),
  options?: Parameters<Wire['publish']>[2],
  onError?: (error: unknown) => void,
): void {
  try {
    wire.publish(subject, body, options)
  } catch (error) {
    onError?.(unavailable('The broker cannot be reached.', error))
  }
}

type Asked = { token: string; subject: string; deadlineMs: number; signal: AbortSignal | undefined }

/** One pending answer with its deadline; giving up tells the other side. */
function awaitAnswer(
  pending: Map<string, Pending>,
  { token, subject, deadlineMs, signal }: Asked,
  cancel: () => void,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      pending.delete(token)
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
    const refused = (error: unknown) => {
      settle()
      reject(error)
    }
    const giveUp = (error: unknown) => {
      cancel()
      refused(error)
    }
    const abort = () => giveUp(signal?.reason)
    const timer = setTimeout(() => giveUp(unavailable(`No answer within ${deadlineMs} ms.`)), Math.max(0, deadlineMs))
    signal?.addEventListener('abort', abort, { once: true })
    const answered = (answer: Answered) => {
      settle()
      resolve(answer)
    }
    pending.set(token, { subject, parts: new Parts(), answered, refused })
  })
}

function receive(pending: Map<string, Pending>, message: WireMessage): void {
  const call = pending.get(message.subject.slice(message.subject.lastIndexOf('.') + 1))
  if (call === undefined) return
  if (message.noResponders) {
    call.refused(unavailable('The service that answers this is not running.'))
    return
  }
  try {
    const body = call.parts.add(message.headers, message.body)
    if (body === undefined) return
    const problem = message.headers['pf-problem']
    if (problem === undefined) call.answered({ body, headers: message.headers })
    else call.refused(refusalOf(problem, body))
  } catch (error) {
    call.refused(error)
  }
}
