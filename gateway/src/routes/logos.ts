import { Controller, Inject } from '@nestjs/common'
import { Rest, refuse } from '@pf/contracts'
import { Gateway } from '../gateway.ts'
import type { Call } from '../http/call.ts'
import { Serves } from '../http/serves.ts'

const { routes } = Rest

/** Banks' logos, for pages that call no other origin. */
@Controller()
export class LogosController {
  readonly #gateway: Gateway

  constructor(@Inject(Gateway) gateway: Gateway) {
    this.#gateway = gateway
  }

  @Serves(routes.logo)
  async logo(call: Call<typeof routes.logo>): Promise<Buffer> {
    const logo = await this.#gateway.logos.find(call.params.name)
    if (logo === undefined) {
      throw refuse('logo_not_found', 'There is no logo at this address. Take it from a bank as the API lists it.')
    }
    call.reply.type(logo.type).header('cache-control', 'public, max-age=31536000, immutable')
    return Buffer.from(logo.bytes)
  }
}
