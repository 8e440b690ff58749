import { Controller, Inject } from '@nestjs/common'
import { Rest, requests } from '@pf/contracts'
import { derivedUuid } from '@pf/eventing'
import { reads } from '../compose/reads.ts'
import { Gateway } from '../gateway.ts'
import type { Call } from '../http/call.ts'
import { Serves } from '../http/serves.ts'

const { routes } = Rest
const { analytics } = requests

/** Longer than analytics takes at most: its own words about the time are better than ours. */
const deadlineMs = 40_000

/** SQL for the owner: analytics' alone. */
@Controller()
export class SqlController {
  readonly #gateway: Gateway

  constructor(@Inject(Gateway) gateway: Gateway) {
    this.#gateway = gateway
  }

  @Serves(routes.datasets)
  datasets(call: Call<typeof routes.datasets>): Promise<Rest.DatasetsAnswer> {
    return reads.datasets(this.#gateway.ask(call.options))
  }

  /** Its rows go through as the bytes they are; a client that goes away ends it. */
  @Serves(routes.query)
  async query(call: Call<typeof routes.query>): Promise<Buffer> {
    const bytes = await this.#gateway.bus.callRaw(analytics.query, call.body, { ...call.options, deadlineMs })
    call.reply.type('application/json; charset=utf-8')
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  @Serves(routes.savedQueries)
  savedQueries(call: Call<typeof routes.savedQueries>): Promise<{ items: Rest.SavedQuery[] }> {
    return reads.savedQueries(this.#gateway.ask(call.options))
  }

  @Serves(routes.saveQuery)
  saveQuery(call: Call<typeof routes.saveQuery>): Promise<Rest.SavedQuery> {
    // The command repeated saves the same query.
    const input = { queryId: derivedUuid('saved query', call.commandId), ...call.body, commandId: call.commandId }
    return this.#gateway.bus.call(analytics.saveQuery, input, call.options)
  }

  @Serves(routes.deleteQuery)
  async deleteQuery(call: Call<typeof routes.deleteQuery>): Promise<void> {
    const input = { id: call.params.id, commandId: call.commandId }
    await this.#gateway.bus.call(analytics.deleteQuery, input, call.options)
  }
}
