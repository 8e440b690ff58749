import { beginSpan, type OpenSpan } from '@pf/eventing'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isTraceparent } from './traceparent.ts'

/** Of whoever watches over the system, all the time. */
const untraced = new Set(['/health', '/ready'])

/** Each request as a span by its route, below the caller's where it sent one. What it leads to belongs to it: routes read its header. */
export function traceRequests(api: FastifyInstance): void {
  const spans = new WeakMap<FastifyRequest, OpenSpan>()
  api.addHook('onRequest', async (request) => {
    const { url: route = 'no route' } = request.routeOptions
    if (untraced.has(route)) return
    const { traceparent: said } = request.headers
    const attributes = { 'http.request.method': request.method, 'http.route': route }
    const parent = isTraceparent(said) ? said : undefined
    const span = beginSpan({ name: `${request.method} ${route}`, kind: 'server', attributes }, parent)
    if (span === undefined) return
    spans.set(request, span)
    request.headers['traceparent'] = span.traceparent
  })
  api.addHook('onResponse', async (request, { statusCode: status }) => {
    const attributes = { 'http.response.status_code': status }
    spans.get(request)?.end({ attributes, ...(status >= 500 ? { error: { code: String(status) } } : {}) })
  })
}
