import { type ArgumentsHost, Catch, type ExceptionFilter, NotFoundException } from '@nestjs/common'
import type { Logger } from '@pf/service-kit'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { nothingTook } from './addresses.ts'
import { problemOf } from './problem.ts'

/** Every error of every route leaves as a problem document; those that are ours to mend are logged without their request's content. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  catch(error: unknown, host: ArgumentsHost): void {
    const reply = host.switchToHttp().getResponse<FastifyReply>()
    const request = host.switchToHttp().getRequest<FastifyRequest>()
    const clientLeft = reply.raw.destroyed
    sendProblem(reply, error instanceof NotFoundException ? nothingTook(request, reply) : error)
    if (reply.statusCode >= 500 && !clientLeft) {
      this.#logger.error({ err: error, method: request.method, route: request.routeOptions?.url }, 'request failed')
    }
  }
}

export function sendProblem(reply: FastifyReply, error: unknown): void {
  const { retryAfterSeconds, ...problem } = problemOf(error)
  if (retryAfterSeconds !== undefined) reply.header('Retry-After', String(retryAfterSeconds))
  if (problem.status === 401) reply.header('WWW-Authenticate', 'Bearer')
  reply.status(problem.status).type('application/problem+json').send(JSON.stringify(problem))
}
