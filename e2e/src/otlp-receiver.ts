import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type ReceivedSpan = {
  service: string
  trace: string
  id: string
  /** Empty where it begins its trace. */
  parent: string
  name: string
  attributes: unknown
}

export type Receiver = {
  endpoint: string
  spansOf(trace: string): ReceivedSpan[]
  stop(): Promise<void>
}

type Attribute = { key: string; value: { stringValue?: string } }
type Sent = {
  resourceSpans: {
    resource: { attributes: Attribute[] }
    scopeSpans: {
      spans: { traceId: string; spanId: string; parentSpanId?: string; name: string; attributes: Attribute[] }[]
    }[]
  }[]
}

/** A collector that keeps what it is sent: OTLP over HTTP, in JSON (opentelemetry.io/docs/specs/otlp). */
export async function startReceiver(): Promise<Receiver> {
  const spans: ReceivedSpan[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const isTraces = request.method === 'POST' && request.url === '/v1/traces'
    if (isTraces) spans.push(...spansIn(JSON.parse(Buffer.concat(chunks).toString()) as Sent))
    response.writeHead(isTraces ? 200 : 404, { 'content-type': 'application/json' })
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spansOf: (trace) => spans.filter((span) => span.trace === trace),
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function spansIn({ resourceSpans }: Sent): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? ''
    return scopeSpans.flatMap(({ spans }) =>
      spans.map(({ traceId: trace, spanId: id, parentSpanId: parent = '', name, attributes }) => ({
        ...{ service, trace, id, parent, name, attributes },
      })),
    )
  })
}
