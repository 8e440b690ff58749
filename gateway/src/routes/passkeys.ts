import { Controller, Inject } from '@nestjs/common'
import { Rest, requests } from '@pf/contracts'
import { Gateway } from '../gateway.ts'
import type { Call } from '../http/call.ts'
import { fromOf } from '../http/from.ts'
import { Serves } from '../http/serves.ts'
import { giveSession } from '../http/session-cookies.ts'

const { routes } = Rest
const { auth } = requests

/** Passkeys: registering them, and log-in by one. */
@Controller()
export class PasskeysController {
  readonly #gateway: Gateway

  constructor(@Inject(Gateway) gateway: Gateway) {
    this.#gateway = gateway
  }

  @Serves(routes.beginPasskeyLogin)
  beginPasskeyLogin(call: Call<typeof routes.beginPasskeyLogin>): Promise<Rest.PasskeyRequest> {
    return this.#gateway.bus.call(auth.beginPasskeyLogin, fromOf(this.#gateway, call), call.options)
  }

  @Serves(routes.loginPasskey)
  async loginPasskey(call: Call<typeof routes.loginPasskey>): Promise<Rest.AccessToken> {
    const input = { credential: call.body.credential, ...fromOf(this.#gateway, call) }
    return giveSession(this.#gateway, call, await this.#gateway.bus.call(auth.loginPasskey, input, call.options))
  }

  @Serves(routes.passkeys)
  passkeys(call: Call<typeof routes.passkeys>): Promise<{ items: Rest.Passkey[] }> {
    return this.#gateway.bus.call(auth.passkeys, {}, call.options)
  }

  @Serves(routes.beginPasskey)
  beginPasskey(call: Call<typeof routes.beginPasskey>): Promise<Rest.PasskeyCreation> {
    return this.#gateway.bus.call(auth.beginPasskey, call.body, call.options)
  }

  @Serves(routes.registerPasskey)
  registerPasskey(call: Call<typeof routes.registerPasskey>): Promise<Rest.Passkey> {
    return this.#gateway.bus.call(auth.registerPasskey, call.body, call.options)
  }

  @Serves(routes.renamePasskey)
  renamePasskey(call: Call<typeof routes.renamePasskey>): Promise<Rest.Passkey> {
    return this.#gateway.bus.call(auth.renamePasskey, { id: call.params.id, name: call.body.name }, call.options)
  }

  @Serves(routes.removePasskey)
  async removePasskey(call: Call<typeof routes.removePasskey>): Promise<void> {
    const { password } = call.body
    await this.#gateway.bus.call(auth.removePasskey, { id: call.params.id, password }, call.options)
  }
}
