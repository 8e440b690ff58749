import { Controller, Inject } from '@nestjs/common'
import { Rest, refuse, requests } from '@pf/contracts'
import { besideOf, isWell } from '@pf/service-kit'
import { askAll } from '../compose/operations.ts'
import { reads } from '../compose/reads.ts'
import { Gateway } from '../gateway.ts'
import type { Call } from '../http/call.ts'
import { speakerOf } from '../http/from.ts'
import { Serves } from '../http/serves.ts'
import { streamNotices } from '../live/stream.ts'

const { routes } = Rest

/** Live notices, liveness and readiness; what operators see of the services. */
@Controller()
export class OperationsController {
  readonly #gateway: Gateway

  constructor(@Inject(Gateway) gateway: Gateway) {
    this.#gateway = gateway
  }

  @Serves(routes.events)
  async events(call: Call<typeof routes.events>): Promise<void> {
    const { tokens, notices, now } = this.#gateway
    const { expiresAt, sessionId, spaceId } = await tokens.principalOf(
      call.request.headers.authorization,
      speakerOf(call.request),
    )
    const lastEventId = call.request.headers['last-event-id']
    streamNotices(call.reply, notices, {
      spaceId,
      lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
      expiresAt: expiresAt * 1000,
      isEnded: () => tokens.isEnded({ sessionId, spaceId }),
      now,
    })
  }

  @Serves(routes.operations)
  operations(call: Call<typeof routes.operations>): Promise<Rest.Operations> {
    return reads.operations(this.#gateway.ask(call.options))
  }

  @Serves(routes.retryQuarantined)
  async retryQuarantined(call: Call<typeof routes.retryQuarantined>): Promise<Rest.Retried> {
    const input = { id: call.params.id }
    const said = await askAll(
      (service) => this.#gateway.bus.call(requests[service].retryQuarantined, input, call.options),
      'quarantined_not_found',
    )
    const [retried] = said.answers
    if (retried !== undefined) return retried
    const [silent] = said.unavailable
    if (silent !== undefined) throw silent.error
    throw refuse('quarantined_not_found', 'Nothing of this id is set aside. GET /operations lists what is.')
  }

  @Serves(routes.health)
  health(): { status: string } {
    return { status: 'ok' }
  }

  @Serves(routes.ready)
  async ready(call: Call<typeof routes.ready>) {
    const health = await this.#gateway.dependencies()
    const ok = isWell(health)
    if (!ok) call.reply.status(503)
    return { status: ok ? 'ok' : 'not ready', ...besideOf(health) }
  }
}
