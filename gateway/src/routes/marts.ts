import { Controller, Inject } from '@nestjs/common'
import { Rest, requests } from '@pf/contracts'
import { derivedUuid } from '@pf/eventing'
import { reads } from '../compose/reads.ts'
import { Gateway } from '../gateway.ts'
import type { Call } from '../http/call.ts'
import { Serves } from '../http/serves.ts'

const { routes } = Rest
const { analytics } = requests

/** A switch waits for who reads the old one. */
const deadlineMs = 40_000

/** The marts themselves: analytics' alone. */
@Controller()
export class MartsController {
  readonly #gateway: Gateway

  constructor(@Inject(Gateway) gateway: Gateway) {
    this.#gateway = gateway
  }

  @Serves(routes.martStatus)
  status(call: Call<typeof routes.martStatus>): Promise<Rest.MartStatus> {
    return reads.martStatus(this.#gateway.ask(call.options))
  }

  @Serves(routes.rebuild)
  rebuild(call: Call<typeof routes.rebuild>): Promise<Rest.Rebuild> {
    // The command repeated starts the same one.
    const input = { rebuildId: derivedUuid('mart rebuild', call.commandId), commandId: call.commandId }
    return this.#gateway.bus.call(analytics.rebuild, input, { ...call.options, deadlineMs })
  }

  @Serves(routes.rebuilds)
  rebuilds(call: Call<typeof routes.rebuilds>): Promise<{ items: Rest.Rebuild[] }> {
    return reads.rebuilds(this.#gateway.ask(call.options))
  }

  @Serves(routes.getRebuild)
  getRebuild(call: Call<typeof routes.getRebuild>): Promise<Rest.Rebuild> {
    return reads.getRebuild(this.#gateway.ask(call.options), call)
  }

  @Serves(routes.switchRebuild)
  switchRebuild(call: Call<typeof routes.switchRebuild>): Promise<Rest.Rebuild> {
    const input = { id: call.params.id, commandId: call.commandId }
    return this.#gateway.bus.call(analytics.switchRebuild, input, { ...call.options, deadlineMs })
  }

  @Serves(routes.discardRebuild)
  discardRebuild(call: Call<typeof routes.discardRebuild>): Promise<Rest.Rebuild> {
    const input = { id: call.params.id, commandId: call.commandId }
    return this.#gateway.bus.call(analytics.discardRebuild, input, { ...call.options, deadlineMs })
  }
}
