import type { IncomingHttpHeaders } from 'node:http'
import { refuse } from '@pf/contracts'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { methodsAt } from './addresses.ts'

const sentHeaders = 'authorization, content-type, idempotency-key, if-none-match, last-event-id, log-position'
const readHeaders = 'etag, log-position, retry-after'
const preflightSeconds = 600

/**
 * Other sites' pages. Closed unless `allowed` names an origin exactly: then its pages may call with a token of their
 * own, never with our cookies. A write that a browser sends for another site's page is refused whatever it carries.
 */
export function checkOrigins(api: FastifyInstance, publicUrl: string, allowed: readonly string[]): void {
  const others = new Set(allowed)
  const publicOrigin = new URL(publicUrl).origin
  api.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers
    if (origin === undefined) return
    if (others.size > 0) reply.header('vary', 'Origin')
    if (others.has(origin)) {
      reply.header('access-control-allow-origin', origin).header('access-control-expose-headers', readHeaders)
      if (isPreflight(request)) return answerPreflight(request, reply)
      return
    }
    const writes = !['GET', 'HEAD', 'OPTIONS'].includes(request.method)
    if (writes && origin !== publicOrigin && hostOf(origin) !== request.host.toLowerCase()) {
      throw refuse(
        'forbidden',
        'A page of another site sent this. Use the dashboard, or name the site in PF_ALLOWED_ORIGINS.',
      )
    }
  })
}

/** Of a page of this installation: the public one, or one of the host that was asked. Without an origin it is of none. */
export function isOwnOrigin({ origin, host, ...headers }: IncomingHttpHeaders, publicUrl: string): boolean {
  if (origin === undefined) return false
  const asked = headers['x-forwarded-host']?.toString() ?? host ?? ''
  return origin === new URL(publicUrl).origin || (hostOf(origin) !== '' && hostOf(origin) === asked.toLowerCase())
}

const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined

function answerPreflight(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  return reply
    .status(204)
    .header('access-control-allow-methods', methodsAt(request.url.split('?')[0] ?? '').join(', '))
    .header('access-control-allow-headers', sentHeaders)
    .header('access-control-max-age', String(preflightSeconds))
    .send()
}

/** `null` (a sandboxed frame, a file) has none. */
function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).host : ''
}
