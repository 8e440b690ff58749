import { Controller, Inject } from '@nestjs/common'
import { Rest } from '@pf/contracts'
import { Gateway } from '../gateway.ts'
import type { Call } from '../http/call.ts'
import { Serves } from '../http/serves.ts'
import { streamNotices } from '../live/stream.ts'

const { routes } = Rest

/** Live notices, liveness and readiness. */
@Controller()
export class OperationsController {
  readonly #gateway: Gateway

  constructor(@Inject(Gateway) gateway: Gateway) {
    this.#gateway = gateway
  }

  @Serves(routes.events)
  async events(call: Call<typeof routes.events>): Promise<void> {
    const { tokens, notices, now } = this.#gateway
    const { expiresAt, sessionId, spaceId } = await tokens.principalOf(call.request.headers.authorization)
    const lastEventId = call.request.headers['last-event-id']
    streamNotices(call.reply, notices, {
      spaceId,
      lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
      expiresAt: expiresAt * 1000,
      isEnded: () => tokens.isEnded(sessionId),
      now,
    })
  }

  @Serves(routes.health)
  health(): { status: string } {
    return { status: 'ok' }
  }

  @Serves(routes.ready)
  async ready(call: Call<typeof routes.ready>) {
    const dependencies = await this.#gateway.dependencies()
    const ok = Object.values(dependencies).every((state) => state === 'ok')
    if (!ok) call.reply.status(503)
    return { status: ok ? 'ok' : 'not ready', dependencies }
  }
}
