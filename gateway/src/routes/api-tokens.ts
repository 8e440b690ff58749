import { Controller, Inject } from '@nestjs/common'
import { Rest, requests } from '@pf/contracts'
import { Gateway } from '../gateway.ts'
import type { Call } from '../http/call.ts'
import { Serves } from '../http/serves.ts'

const { routes } = Rest

/** Personal API tokens. */
@Controller()
export class ApiTokensController {
  readonly #gateway: Gateway

  constructor(@Inject(Gateway) gateway: Gateway) {
    this.#gateway = gateway
  }

  @Serves(routes.apiTokens)
  apiTokens(call: Call<typeof routes.apiTokens>): Promise<{ items: Rest.ApiToken[] }> {
    return this.#gateway.bus.call(requests.auth.apiTokens, {}, call.options)
  }

  @Serves(routes.issueApiToken)
  issueApiToken(call: Call<typeof routes.issueApiToken>): Promise<Rest.IssuedApiToken> {
    const { name, scopes, expires_at } = call.body
    const input = { name, scopes, ...(expires_at === undefined ? {} : { expiresAt: expires_at }) }
    return this.#gateway.bus.call(requests.auth.issueApiToken, input, call.options)
  }

  @Serves(routes.revokeApiToken)
  async revokeApiToken(call: Call<typeof routes.revokeApiToken>): Promise<void> {
    await this.#gateway.bus.call(requests.auth.revokeApiToken, { id: call.params.id }, call.options)
  }
}
