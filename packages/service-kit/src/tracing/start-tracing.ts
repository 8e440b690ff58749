import type { SpanContext, Span as SpanOfApi } from '@opentelemetry/api'
import { installTracer, type OpenSpan, type SpanFacts } from '@pf/eventing'

type Sent = { stop(): Promise<void>; users: number }

/** One for the process (thread), however many platforms it opens. */
let sent: Promise<Sent> | undefined

/**
 * Spans go to `endpoint` by OTLP over HTTP, under the name of whoever opens first, until the last who began it has called what this
 * answers. A collector that is away costs nothing but its spans.
 */
export async function startTracing(endpoint: string, serviceName: string): Promise<() => Promise<void>> {
  sent ??= open(endpoint, serviceName)
  const underway = await sent
  underway.users++
  return async () => {
    if (--underway.users > 0) return
    sent = undefined
    installTracer(undefined)
    await underway.stop()
  }
}

async function open(endpoint: string, serviceName: string): Promise<Sent> {
  // Loaded where it is used: who traces nothing starts without it.
  const [api, { BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ])
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: 5_000 })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.namespace': 'personal-finances', 'service.name': serviceName }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000 })],
  })
  const tracer = provider.getTracer('personal-finances')
  const kinds = {
    server: api.SpanKind.SERVER,
    client: api.SpanKind.CLIENT,
    consumer: api.SpanKind.CONSUMER,
    producer: api.SpanKind.PRODUCER,
  }
  installTracer({
    begin({ name, kind, attributes = {}, sinceMs = 0 }: SpanFacts, parent) {
      const above = parent === undefined ? undefined : spanContextOf(parent)
      const context = above ? api.trace.setSpanContext(api.ROOT_CONTEXT, above) : api.ROOT_CONTEXT
      const startTime = Date.now() - sinceMs
      const span = tracer.startSpan(name, { kind: kinds[kind], attributes, startTime }, context)
      return opened(span, api.SpanStatusCode.ERROR)
    },
  })
  return { users: 0, stop: () => provider.shutdown() }
}

function opened(span: SpanOfApi, failed: number): OpenSpan {
  const { traceId, spanId, traceFlags } = span.spanContext()
  return {
    traceparent: `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`,
    end({ error, attributes } = {}) {
      if (attributes !== undefined) span.setAttributes(attributes)
      if (error !== undefined) {
        span.setStatus({ code: failed })
        span.setAttribute('error.type', typeOf(error))
      }
      span.end()
    },
  }
}

/** Code or name of an error: its words may quote a row. */
function typeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return typeof error
  if ('code' in error && typeof error.code === 'string') return error.code
  return 'name' in error ? String(error.name) : 'Error'
}

/** W3C Trace Context, section 3.2.2: version, trace id, parent id, flags. */
function spanContextOf(traceparent: string): SpanContext | undefined {
  const [version, traceId = '', spanId = '', flags = ''] = traceparent.split('-')
  if (version !== '00' || traceId.length !== 32 || spanId.length !== 16) return undefined
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true }
}
