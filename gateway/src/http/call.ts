import { createHash, randomUUID } from 'node:crypto'
import { DomainError, type Done, type Principal, type Rest } from '@pf/contracts'
import type { CallOptions } from '@pf/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Static, TObject } from 'typebox'
import type { IdempotencyKeys } from './idempotency-keys.ts'

type Part<S> = S extends TObject ? Static<S> : Record<string, never>

/** One request, checked: what a controller's method gets. */
export type Call<R extends Rest.Route = Rest.Route> = {
  params: Part<R['params']>
  query: Part<R['query']>
  body: Part<R['body']>
  principal: Principal
  /** Of the Idempotency-Key where one was sent (scoped by user and route), else fresh. */
  commandId: string
  /** For the bus: principal, the position to wait for, and an end when the client goes away. */
  options: CallOptions
  /** Of a route that reads its body itself: what an Idempotency-Key stands for. Throws `idempotency_key_reused`. */
  checkBody(body: unknown): void
  request: FastifyRequest
  reply: FastifyReply
}

/** What the guard adds to a request. */
export type Authenticated = FastifyRequest & { pfPrincipal?: Principal; pfKeys?: IdempotencyKeys }

/** The prefix under which the browser reached us: `/api` on the web's origin, none on the API's own port. */
export function prefixOf(request: FastifyRequest): string {
  return 'pfPrefix' in request.raw && typeof request.raw.pfPrefix === 'string' ? request.raw.pfPrefix : ''
}

/** A key counts everywhere but at `/auth`. Throws `invalid_input`, and `idempotency_key_reused` where the key came with another body before. */
export function commandIdOf(request: Authenticated, route: Rest.Route, userId: string, body: unknown): string {
  const key = request.headers['idempotency-key']
  if (key === undefined) return randomUUID()
  if (typeof key !== 'string' || key.length < 1 || key.length > 200) {
    throw new DomainError('invalid_input', 'Idempotency-Key has to be one header of 1 to 200 characters.')
  }
  // Passwords and tokens go over these: nothing of them is remembered, not even as a hash.
  if (route.path.startsWith('/auth/')) return randomUUID()
  const commandId = createHash('sha256').update(`${userId} ${route.method} ${request.url} ${key}`).digest('hex')
  if (!route.upload) request.pfKeys?.check(commandId, body)
  return commandId
}

/** A command's answer: where its read model lags behind, 202 and the position that a GET may carry to wait for it. */
export function done<T extends object>(call: Call, answer: Done<T>): T {
  const { behind, ...rest } = answer
  if (behind !== undefined) call.reply.status(202).header('Log-Position', behind)
  return rest as T
}
