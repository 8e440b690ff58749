import type { FastifyReply, FastifyRequest } from 'fastify'
import { WireError } from '../domain/wire-error.ts'

/** What the pages of a bank have in common: forms without a script, answered with a page or a way back. */

/** What a lookup finds; undefined where the id is none of ours. */
export function find<T>(look: () => T): T | undefined {
  try {
    return look()
  } catch (error) {
    if (error instanceof WireError) return undefined
    throw error
  }
}

/** The button that was pressed. */
export function decisionOf(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'decision' in body ? body.decision : undefined
}

/** The accounts whose boxes were ticked. */
export function chosenOf(body: unknown): string[] {
  const said = typeof body === 'object' && body !== null && 'account' in body ? body.account : []
  return (Array.isArray(said) ? said : [said]).filter((value): value is string => typeof value === 'string')
}

/** A form on another site may not decide for the user. */
export function isOwnForm(request: FastifyRequest): boolean {
  const origin = request.headers.origin
  return origin === undefined || origin === 'null' || new URL(origin).host === request.headers.host
}

export function dayInWords(instantMs: number): string {
  return new Date(instantMs).toLocaleDateString('en-GB', {
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    timeZone: 'Europe/London',
  })
}

/** `redirectOrigin`: browsers hold the form's policy against where a decision leads, too. */
export function html(reply: FastifyReply, status: number, body: string, redirectOrigin = ''): FastifyReply {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; form-action 'self' ${redirectOrigin}; frame-ancestors 'none'; base-uri 'none'`
  return reply.code(status).type('text/html; charset=utf-8').header('content-security-policy', policy).send(body)
}
