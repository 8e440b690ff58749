import { setTimeout as pause } from 'node:timers/promises'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Call, CallLog } from '../adapters/call-log.ts'
import type { BankClock } from '../application/bank-clock.ts'
import type { FaultOrders } from '../application/fault-orders.ts'
import type { Fault } from '../domain/fault.ts'
import type { Trouble } from '../domain/weather.ts'
import { methodNotAllowed, notFound, refusal, WireError } from '../domain/wire-error.ts'
import { isAllowedHost } from './host-check.ts'
import { Problem } from './problem.ts'

/** A payload that a test orders may be a whole year of rows. */
const MOST_BODY_BYTES = 128 * 1024 * 1024
const GENERAL_LIMITS = [
  { prefix: '/api/v2/accounts/', name: 'accounts', perMinute: 100 },
  { prefix: '/api/v2/', name: 'rest', perMinute: 300 },
]

export type ServerParts = {
  clock: BankClock
  faults: FaultOrders
  calls: CallLog
  /** Trouble with this call of an account's data, if any. */
  weather: (accountId: string, scope: string) => Trouble | null
  /** Host names that may be asked for besides this machine's own. */
  hosts: () => readonly string[]
}

/** The empty server: host check, ordered faults, the bank's `Date`, general headers, call log and error bodies. */
export function createServer(parts: ServerParts): FastifyInstance {
  const app = fastify({
    bodyLimit: MOST_BODY_BYTES,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 1024 },
    exposeHeadRoutes: false,
  })
  readForms(app)
  const methodsOf = rememberRoutes(app)
  const generalHeaders = countGeneralCalls()
  const cut = new Set<string>()

  app.addHook('onRequest', async (request, reply) => {
    const call = callOf(request, parts.clock)
    if (call) parts.calls.received(request.id, call)
    if (!isAllowedHost(request.headers.host, parts.hosts())) {
      const found = request.headers.host ?? 'none'
      throw new Problem(403, 'host_refused', `Host is ${found}`, 'localhost or the configured public address')
    }
    const path = pathOf(request)
    if (path.startsWith('/__sandbox/') || path === '/health') return
    const fault = parts.faults.take(request.method, path)
    if (fault) return strike(fault, request, reply, parts.calls)
    const trouble =
      call?.account_id && call.scope !== 'metadata' ? parts.weather(call.account_id, call.scope ?? '') : null
    if (trouble === 'cut') cut.add(request.id)
    else if (trouble === 'slow') await pause(SLOW_MS, undefined, { ref: false })
    else if (trouble) await strike(faultOf(trouble), request, reply, parts.calls)
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const now = parts.clock.now()
    reply.header('date', new Date(now).toUTCString())
    const path = pathOf(request)
    if (path.startsWith('/api/v2/')) {
      for (const [name, value] of generalHeaders(path)) if (!reply.hasHeader(name)) reply.header(name, value)
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
    const allowed = methodsOf(path)
    const error = allowed.length > 0 ? methodNotAllowed(request.method) : notFound()
    if (allowed.length > 0) reply.header('allow', allowed.join(', '))
    return reply.code(error.status).send(error.body)
  })
  return app
}

export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? request.url
}

/** Bodies of the wire may be JSON or a form; an empty JSON body counts as none. */
function readForms(app: FastifyInstance): void {
  app.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_request, body, done) => {
    done(null, Object.fromEntries(new URLSearchParams(String(body))))
  })
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? {} : JSON.parse(String(body)))
    } catch (error) {
      const detail = `JSON parse error - ${error instanceof Error ? error.message : String(error)}`
      done(refusal(400, 'JSON parse error', detail))
    }
  })
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

const SLOW_MS = 300

/** Weather, as if a test had ordered it for this one call. */
function faultOf(trouble: Exclude<Trouble, 'cut' | 'slow'>): Fault {
  const order = { id: 0, method: null, path: '', left: null, delayMs: 0 }
  if (trouble === 'drop') return { ...order, status: null, body: undefined, headers: {}, drop: true }
  return { ...order, ...trouble, drop: false }
}

/** An answer that stops in the middle, though its head says that all is well. */
function halfOf(payload: unknown): unknown {
  if (typeof payload === 'string' || Buffer.isBuffer(payload)) return payload.slice(0, Math.floor(payload.length / 2))
  return payload
}

async function strike(fault: Fault, request: FastifyRequest, reply: FastifyReply, calls: CallLog): Promise<void> {
  if (fault.delayMs > 0) await pause(fault.delayMs, undefined, { ref: false })
  if (fault.drop) {
    calls.answered(request.id, 0)
    reply.hijack()
    request.raw.socket.destroy()
    return
  }
  if (fault.status === null && fault.body === undefined) {
    reply.headers(fault.headers)
    return
  }
  const text = typeof fault.body === 'string' ? fault.body : fault.body === undefined ? '' : JSON.stringify(fault.body)
  const html = text.trimStart().startsWith('<')
  await reply
    .code(fault.status ?? 200)
    .headers({ 'content-type': html ? 'text/html; charset=utf-8' : 'application/json', ...fault.headers })
    .send(text)
}

/** What is known of a call before it is answered; null for our own, which stand in no log. */
function callOf(request: FastifyRequest, clock: BankClock): Omit<Call, 'status'> | null {
  const path = pathOf(request)
  if (path.startsWith('/__sandbox/') || path === '/health') return null
  const data =
    /^\/api\/v2\/accounts\/([^/]+)\/(?:(details|balances|transactions)\/)?$/.exec(path) ??
    /^\/enable-banking\/accounts\/([^/]+)\/(details|balances|transactions)(?:\/|$)/.exec(path)
  return {
    at: new Date(clock.now()).toISOString(),
    method: request.method,
    path: request.url,
    ...(data && { scope: data[2] ?? 'metadata', account_id: data[1] ?? '' }),
  }
}

/** The general triple. It is counted and shown, not enforced: a thousand demo spaces sync within a minute. */
function countGeneralCalls(): (path: string) => [string, string][] {
  const used = new Map<string, { minute: number; count: number }>()
  return (path) => {
    const limit = GENERAL_LIMITS.find(({ prefix }) => path.startsWith(prefix))
    if (!limit) return []
    const seconds = Math.floor(performance.now() / 1000)
    const minute = Math.floor(seconds / 60)
    const before = used.get(limit.name)
    const count = (before?.minute === minute ? before.count : 0) + 1
    used.set(limit.name, { minute, count })
    return [
      ['http_x_ratelimit_limit', String(limit.perMinute)],
      ['http_x_ratelimit_remaining', String(Math.max(1, limit.perMinute - count))],
      ['http_x_ratelimit_reset', String(60 - (seconds % 60))],
    ]
  }
}

/** What is neither ours nor the wire's: a refusal of the HTTP layer, or a defect of this program, which says so. */
function foreignError(error: unknown): WireError {
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  const message = error instanceof Error ? error.message : String(error)
  if (status < 500) return refusal(status, message, message)
  return refusal(500, 'Something went terribly wrong on our side', `Defect of the sandbox bank: ${message}`)
}
