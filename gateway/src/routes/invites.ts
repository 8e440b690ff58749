import { Controller, Inject } from '@nestjs/common'
import { Rest, requests } from '@pf/contracts'
import { Gateway } from '../gateway.ts'
import type { Call } from '../http/call.ts'
import { Serves } from '../http/serves.ts'

const { routes } = Rest

/** Invitations, for operators. */
@Controller()
export class InvitesController {
  readonly #gateway: Gateway

  constructor(@Inject(Gateway) gateway: Gateway) {
    this.#gateway = gateway
  }

  @Serves(routes.invites)
  invites(call: Call<typeof routes.invites>): Promise<{ items: Rest.Invite[] }> {
    return this.#gateway.bus.call(requests.auth.invites, {}, call.options)
  }

  @Serves(routes.issueInvite)
  issueInvite(call: Call<typeof routes.issueInvite>): Promise<Rest.IssuedInvite> {
    const { expires_in_days: expiresInDays } = call.body
    const input = expiresInDays === undefined ? {} : { expiresInDays }
    return this.#gateway.bus.call(requests.auth.issueInvite, input, call.options)
  }

  @Serves(routes.revokeInvite)
  async revokeInvite(call: Call<typeof routes.revokeInvite>): Promise<void> {
    await this.#gateway.bus.call(requests.auth.revokeInvite, { id: call.params.id }, call.options)
  }
}
