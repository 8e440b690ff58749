import { AsyncLocalStorage } from 'node:async_hooks'

/**
 * What the work underway belongs to. It travels by itself, from a request to the appends it leads to, from a message to the
 * commands of the reactions to it: nobody has to hand it on, so nobody can forget to.
 */
export type Trace = {
  /** The same from the first request or schedule to the last append that it led to. */
  correlationId?: string
  /** Command id of the message that is reacted to. */
  causationId?: string
  /** W3C Trace Context, as it came. */
  traceparent?: string
}

const storage = new AsyncLocalStorage<Trace>()

/** `work`, and all that it waits for, belongs to `trace` alone. */
export const inTrace = <T>(trace: Trace, work: () => T): T => storage.run(trace, work)

export const currentTrace = (): Trace => storage.getStore() ?? {}

/** As OpenTelemetry names them. A request that is served and a message that is taken begin a trace where they carry none. */
export type SpanKind = 'server' | 'client' | 'consumer' | 'producer'

/** What a span says of a piece of work: names of code and counts, never an id of a person, a value or a row. */
export type SpanFacts = {
  name: string
  kind: SpanKind
  attributes?: Readonly<Record<string, string | number>>
  /** Milliseconds that it has run already when it is begun. */
  sinceMs?: number
}

/** A piece of work that is under way; what it leads to belongs to `traceparent`. */
export type OpenSpan = {
  readonly traceparent: string
  end(how?: { error?: unknown; attributes?: Readonly<Record<string, string | number>> }): void
}

/** Who is told of spans. */
export interface Tracer {
  begin(facts: SpanFacts, parent: string | undefined): OpenSpan
}

let tracer: Tracer | undefined

/** One for the whole process (thread); without one nothing is told, and nothing is spent on it. */
export function installTracer(one: Tracer | undefined): void {
  tracer = one
}

/** Undefined where nobody is told, and for what serves a piece of work that nobody traces. */
export function beginSpan(facts: SpanFacts, parent = currentTrace().traceparent): OpenSpan | undefined {
  const isBeginning = facts.kind === 'server' || facts.kind === 'consumer'
  return parent === undefined && !isBeginning ? undefined : tracer?.begin(facts, parent)
}

/** `work` as a span of its own below what is underway; what it leads to belongs to that. */
export async function inSpan<T>(facts: SpanFacts, work: () => Promise<T>): Promise<T> {
  const span = beginSpan(facts)
  if (span === undefined) return work()
  try {
    const done = await inTrace({ ...currentTrace(), traceparent: span.traceparent }, work)
    span.end()
    return done
  } catch (error) {
    span.end({ error })
    throw error
  }
}
