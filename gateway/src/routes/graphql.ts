import { Controller, Inject } from '@nestjs/common'
import { DomainError, Rest } from '@pf/contracts'
import { OperationTypeNode } from 'graphql'
import { Gateway } from '../gateway.ts'
import { Refused } from '../graphql/engine.ts'
import { Reading } from '../graphql/reading.ts'
import type { Call } from '../http/call.ts'
import { Serves } from '../http/serves.ts'

const { routes } = Rest
const deadlineMs = 30_000
/** Asked for by name, an operation that was refused as a whole has the status of its error, as its specification says. */
const mediaType = 'application/graphql-response+json'

/** Queries. Who may not ask at all, or sends no operation, gets a problem document, as everywhere. */
@Controller()
export class GraphqlController {
  readonly #gateway: Gateway

  constructor(@Inject(Gateway) gateway: Gateway) {
    this.#gateway = gateway
  }

  /** Ends with the client that goes away, and after its time: requests that are under way end with it. */
  @Serves(routes.graphql)
  async graphql(call: Call<typeof routes.graphql>): Promise<Rest.GraphqlAnswer> {
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(overdue()), deadlineMs)
    const signal = AbortSignal.any([late.signal, ...(call.options.signal ? [call.options.signal] : [])])
    const isNamed = call.request.headers.accept?.includes(mediaType) ?? false
    call.reply.type(`${isNamed ? mediaType : 'application/json'}; charset=utf-8`)
    try {
      const ready = this.#gateway.graphql.prepare(call.body, OperationTypeNode.QUERY)
      const reading = new Reading(this.#gateway.ask({ ...call.options, signal }), call.principal)
      return await this.#gateway.graphql.run(ready, reading)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      if (isNamed) call.reply.status(error.errors[0]?.extensions.status ?? 400)
      return { errors: [...error.errors] }
    } finally {
      clearTimeout(timer)
    }
  }
}

const overdue = () =>
  new DomainError('query_timeout', `Not all of it was answered within ${deadlineMs / 1000} s. Ask for less at once.`)
