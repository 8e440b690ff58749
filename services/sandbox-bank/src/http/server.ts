import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import type { Call, CallLog } from '../adapters/call-log.ts'
import type { Access } from '../application/access.ts'
import type { BankClock } from '../application/bank-clock.ts'
import type { GeneralLimits, Standing } from '../application/general-limits.ts'
import type { Switches } from '../application/switches.ts'
import type { Troubles, WireCall } from '../application/troubles.ts'
import { SCOPES } from '../domain/agreement.ts'
import { methodNotAllowed, notFound, refusal, WireError } from '../domain/wire-error.ts'
import { readBodies } from './bodies.ts'
import { isAllowedHost } from './host-check.ts'
import { Problem } from './problem.ts'
import { errorTypeOf, halfOf, strike } from './trouble.ts'
import { addHeaders, spellLimits } from './wire-headers.ts'

/** A payload that a test orders may be a whole year of rows. */
const MOST_BODY_BYTES = 128 * 1024 * 1024

export type ServerParts = {
  clock: BankClock
  calls: CallLog
  limits: GeneralLimits
  troubles: Troubles
  access: Access
  switches: Switches
  /** Host names that may be asked for besides this machine's own. */
  hosts: () => readonly string[]
}

/** The empty server: host check, ordered faults, the bank's `Date`, the wire's headers, call log and error bodies. */
export function createServer(parts: ServerParts): FastifyInstance {
  const app = fastify({
    bodyLimit: MOST_BODY_BYTES,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 1024 },
    exposeHeadRoutes: false,
  })
  readBodies(app)
  const methodsOf = rememberRoutes(app)
  const cut = new Set<string>()
  const standings = new WeakMap<FastifyRequest, Standing>()

  app.addHook('onRequest', async (request, reply) => {
    const call = wireCallOf(request)
    if (call) parts.calls.received(request.id, logged(call, request, parts.clock))
    if (!isAllowedHost(request.headers.host, parts.hosts())) {
      const found = request.headers.host ?? 'none'
      throw new Problem(403, 'host_refused', `Host is ${found}`, 'localhost or the configured public address')
    }
    if (!call) return
    if (call.path.startsWith('/api/v2/')) standings.set(request, parts.limits.count(call.method, call.path))
    const trouble = parts.troubles.of(call)
    if (trouble?.cut) cut.add(request.id)
    if (trouble) await strike(trouble, request, reply, parts.calls)
  })

  app.addHook('preHandler', async (request) => {
    const standing = standings.get(request)
    if (standing) parts.limits.admit(standing)
  })

  app.addHook('onSend', async (request, reply, payload) => {
    reply.header('date', new Date(parts.clock.now()).toUTCString())
    const call = wireCallOf(request)
    const standing = standings.get(request)
    if (call && standing) {
      const allowed = methodsOf(call.path)
      addHeaders(
        reply,
        allowed.length > 0 ? { allow: allowed.join(', ') } : {},
        parts.limits.headers(standing),
        accountLimits(call, parts.access),
      )
      spellLimits(reply, parts.switches.now().rateHeaders)
      if (call.accountId !== undefined && reply.statusCode >= 400) {
        parts.access.failed(call.accountId, errorTypeOf(payload))
      }
    }
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
    parts.calls.answered(request.id, reply.statusCode)
    return cut.delete(request.id) ? halfOf(payload) : payload
  })

  app.setErrorHandler((error, request, reply) => {
    if (error instanceof Problem) return error.send(reply)
    const wire = error instanceof WireError ? error : foreignError(error)
    if (pathOf(request).startsWith('/__sandbox/')) return Problem.from(error, wire.status).send(reply)
    return reply.code(wire.status).headers(wire.headers).send(wire.body)
  })

  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request)
    if (path.startsWith('/__sandbox/')) {
      return new Problem(404, 'not_found', `${request.method} ${path}`, 'a call of the control API, see README').send(
        reply,
      )
    }
    const error = methodsOf(path).length > 0 ? methodNotAllowed(request.method) : notFound()
    return reply.code(error.status).send(error.body)
  })
  return app
}

export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? request.url
}

/** Remembers what is served, so that a known path with another method is answered 405 and not 404. */
function rememberRoutes(app: FastifyInstance): (path: string) => string[] {
  const routes: { methods: string[]; pattern: RegExp }[] = []
  app.addHook('onRoute', ({ method, url }) => {
    const methods = Array.isArray(method) ? method : [method]
    routes.push({ methods, pattern: new RegExp(`^${url.replaceAll(/:[a-z]+/g, '[^/]+')}$`) })
  })
  return (path) => routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods)
}

/** What a call is about; null for our own, which stand in no log and are never struck. */
function wireCallOf(request: FastifyRequest): WireCall | null {
  const path = pathOf(request)
  if (path.startsWith('/__sandbox/') || path === '/health') return null
  const { method } = request
  const account =
    /^\/api\/v2\/accounts\/([^/]+)\/(?:(details|balances|transactions)\/)?$/.exec(path) ??
    /^\/enable-banking\/accounts\/([^/]+)\/(details|balances|transactions)(?:\/|$)/.exec(path)
  return { method, path, ...(account && { accountId: account[1] ?? '', scope: account[2] ?? 'metadata' }) }
}

function logged(
  { method, accountId, scope }: WireCall,
  request: FastifyRequest,
  clock: BankClock,
): Omit<Call, 'status'> {
  return {
    at: new Date(clock.now()).toISOString(),
    method,
    path: request.url,
    ...(accountId !== undefined && scope !== undefined && { scope, account_id: accountId }),
  }
}

/** The account triple, on answers about data only. */
function accountLimits({ accountId, scope }: WireCall, access: Access): Record<string, string> {
  const asked = SCOPES.find((known) => known === scope)
  return accountId !== undefined && asked ? access.quotaHeaders(accountId, asked) : {}
}

/** What is neither ours nor the wire's: a refusal of the HTTP layer, or a defect of this program, which says so. */
function foreignError(error: unknown): WireError {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  const message = error instanceof Error ? error.message : String(error)
  if (status < 500) return refusal(status, message, message)
  return refusal(500, 'Something went terribly wrong on our side', `Defect of the sandbox bank: ${message}`)
}
