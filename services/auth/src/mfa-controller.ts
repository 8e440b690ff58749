import { Controller, Inject } from '@nestjs/common'
import { type InputOf, type Principal, requests } from '@pf/contracts'
import { Answers } from '@pf/service-kit'
import type { From } from './application/client.ts'
import type { Tokens } from './application/identity-provider.ts'
import { passwordVersionOf, SecondFactorOfApp } from './application/second-factor.ts'

const { auth } = requests
export const beginningToken = 'auth/beginning'
/** A session of somebody who has proven everything that is asked for. */
export type BeginSession = (userId: string, from: From, passwordVersion?: number) => Promise<Tokens>

/** The bus' side of second factors. */
@Controller()
export class MfaController {
  readonly #secondFactor: SecondFactorOfApp
  readonly #begin: BeginSession

  constructor(@Inject(SecondFactorOfApp) secondFactor: SecondFactorOfApp, @Inject(beginningToken) begin: BeginSession) {
    this.#secondFactor = secondFactor
    this.#begin = begin
  }

  @Answers(auth.mfa)
  mfa(_input: object, principal: Principal) {
    return this.#secondFactor.status(principal)
  }

  @Answers(auth.startTotp)
  startTotp(input: InputOf<typeof auth.startTotp>, principal: Principal) {
    return this.#secondFactor.start(principal, input)
  }

  @Answers(auth.confirmTotp)
  confirmTotp(input: InputOf<typeof auth.confirmTotp>, principal: Principal) {
    return this.#secondFactor.confirm(principal, input)
  }

  @Answers(auth.disableTotp)
  disableTotp(input: InputOf<typeof auth.disableTotp>, principal: Principal) {
    return this.#secondFactor.disable(principal, input)
  }

  @Answers(auth.renewRecoveryCodes)
  renewRecoveryCodes(input: InputOf<typeof auth.renewRecoveryCodes>, principal: Principal) {
    return this.#secondFactor.renewCodes(principal, input)
  }

  @Answers(auth.loginMfa)
  async loginMfa(input: InputOf<typeof auth.loginMfa>) {
    return this.#begin(await this.#secondFactor.proven(input), input, passwordVersionOf(input.mfaToken))
  }
}
