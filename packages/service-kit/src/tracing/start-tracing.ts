import type { SpanContext, Span as SpanOfApi } from '@opentelemetry/api'
import { installTracer, type OpenSpan, type SpanFacts } from '@pf/eventing'

type Stop = () => Promise<void>
type Sent = { opened: Promise<Stop>; users: number }

/** One for the process (thread), however many platforms it opens. */
let sent: Sent | undefined

/**
 * Spans go to `endpoint` by OTLP over HTTP, under the name of whoever opens first, until the last who began it has called what this
 * answers. A collector that is away costs nothing but its spans. Throws where the endpoint is no address; what could not be opened
 * is tried again by whoever asks next.
 */
export async function startTracing(endpoint: string, serviceName: string): Promise<Stop> {
  sent ??= { opened: open(endpoint, serviceName), users: 0 }
  const mine = sent
  mine.users++
  const leave = () => {
    mine.users--
    if (mine.users === 0 && sent === mine) sent = undefined
    return mine.users === 0
  }
  let stop: Stop
  try {
    stop = await mine.opened
  } catch (error) {
    leave()
    throw error
  }
  return async () => {
    if (!leave()) return
    installTracer(undefined)
    await stop()
  }
}

async function open(endpoint: string, serviceName: string): Promise<Stop> {
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
  return () => provider.shutdown()
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
