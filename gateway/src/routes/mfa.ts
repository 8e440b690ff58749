import { Controller, Inject } from '@nestjs/common'
import { Rest, requests } from '@pf/contracts'
import { Gateway } from '../gateway.ts'
import type { Call } from '../http/call.ts'
import { fromOf } from '../http/from.ts'
import { Serves } from '../http/serves.ts'
import { giveSession } from '../http/session-cookies.ts'

const { routes } = Rest
const { auth } = requests

/** Second factors: setting them up, and the second step of a log-in. */
@Controller()
export class MfaController {
  readonly #gateway: Gateway

  constructor(@Inject(Gateway) gateway: Gateway) {
    this.#gateway = gateway
  }

  @Serves(routes.loginMfa)
  async loginMfa(call: Call<typeof routes.loginMfa>): Promise<Rest.AccessToken> {
    const { mfa_token: mfaToken, code, recovery_code: recoveryCode, passkey } = call.body
    const input = {
      mfaToken,
      ...fromOf(this.#gateway, call),
      ...(code === undefined ? {} : { code }),
      ...(recoveryCode === undefined ? {} : { recoveryCode }),
      ...(passkey === undefined ? {} : { passkey }),
    }
    return giveSession(this.#gateway, call, await this.#gateway.bus.call(auth.loginMfa, input, call.options))
  }

  @Serves(routes.mfa)
  mfa(call: Call<typeof routes.mfa>): Promise<Rest.Mfa> {
    return this.#gateway.bus.call(auth.mfa, {}, call.options)
  }

  @Serves(routes.startTotp)
  startTotp(call: Call<typeof routes.startTotp>): Promise<Rest.StartedTotp> {
    return this.#gateway.bus.call(auth.startTotp, call.body, call.options)
  }

  @Serves(routes.confirmTotp)
  confirmTotp(call: Call<typeof routes.confirmTotp>): Promise<Rest.RecoveryCodes> {
    return this.#gateway.bus.call(auth.confirmTotp, call.body, call.options)
  }

  @Serves(routes.disableTotp)
  async disableTotp(call: Call<typeof routes.disableTotp>): Promise<void> {
    await this.#gateway.bus.call(auth.disableTotp, call.body, call.options)
  }

  @Serves(routes.renewRecoveryCodes)
  renewRecoveryCodes(call: Call<typeof routes.renewRecoveryCodes>): Promise<Rest.RecoveryCodes> {
    return this.#gateway.bus.call(auth.renewRecoveryCodes, call.body, call.options)
  }
}
