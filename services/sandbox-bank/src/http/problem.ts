import type { FastifyReply } from 'fastify'
import { WireError } from '../domain/wire-error.ts'

/** An error of the control API: RFC 9457 with a stable code, what was found and what was expected. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly found: string
  readonly expected: string

  constructor(status: number, code: string, found: string, expected: string) {
    super(`found ${found}; expected ${expected}`)
    this.name = 'Problem'
    this.status = status
    this.code = code
    this.found = found
    this.expected = expected
  }

  /** What another layer threw, in the control API's words. */
  static from(error: unknown, status: number): Problem {
    if (status === 404)
      return new Problem(
        404,
        'not_found',
        'an id that is not known',
        'an id of GET /__sandbox/accounts or of a requisition',
      )
    if (error instanceof WireError)
      return new Problem(status, 'refused', JSON.stringify(error.body), 'a request the bank accepts')
    const message = error instanceof Error ? error.message : String(error)
    return new Problem(
      status,
      status < 500 ? 'bad_request' : 'sandbox_defect',
      message,
      'a request as README describes it',
    )
  }

  send(reply: FastifyReply): FastifyReply {
    const { status, code, found, expected } = this
    const detail = `Found ${found}; expected ${expected}.`
    const body = { type: 'about:blank', title: code.replaceAll('_', ' '), status, detail, code, found, expected }
    return reply.code(status).type('application/problem+json').send(JSON.stringify(body))
  }
}
