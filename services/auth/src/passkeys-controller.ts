import { Controller, Inject } from '@nestjs/common'
import { type InputOf, type Principal, requests } from '@pf/contracts'
import { Answers } from '@pf/service-kit'
import { clientOf } from './application/client.ts'
import { Passkeys } from './application/passkeys.ts'
import { type BeginSession, beginningToken } from './mfa-controller.ts'

const { auth } = requests

/** The bus' side of passkeys. */
@Controller()
export class PasskeysController {
  readonly #passkeys: Passkeys
  readonly #begin: BeginSession

  constructor(@Inject(Passkeys) passkeys: Passkeys, @Inject(beginningToken) begin: BeginSession) {
    this.#passkeys = passkeys
    this.#begin = begin
  }

  @Answers(auth.passkeys)
  passkeys(_input: object, principal: Principal) {
    return this.#passkeys.list(principal)
  }

  @Answers(auth.beginPasskey)
  beginPasskey(input: InputOf<typeof auth.beginPasskey>, principal: Principal) {
    return this.#passkeys.begin(principal, input)
  }

  @Answers(auth.registerPasskey)
  registerPasskey(input: InputOf<typeof auth.registerPasskey>, principal: Principal) {
    return this.#passkeys.register(principal, input)
  }

  @Answers(auth.renamePasskey)
  renamePasskey(input: InputOf<typeof auth.renamePasskey>, principal: Principal) {
    return this.#passkeys.rename(principal, input)
  }

  @Answers(auth.removePasskey)
  removePasskey(input: InputOf<typeof auth.removePasskey>, principal: Principal) {
    return this.#passkeys.remove(principal, input)
  }

  @Answers(auth.beginPasskeyLogin)
  beginPasskeyLogin(input: InputOf<typeof auth.beginPasskeyLogin>) {
    return this.#passkeys.beginLogin(input)
  }

  @Answers(auth.loginPasskey)
  async loginPasskey(input: InputOf<typeof auth.loginPasskey>) {
    return this.#begin(await this.#passkeys.proven(input.credential, clientOf(input)), input)
  }
}
