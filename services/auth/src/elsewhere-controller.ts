import { Controller, Inject } from '@nestjs/common'
import { type InputOf, requests } from '@pf/contracts'
import { Answers } from '@pf/service-kit'
import { SignInElsewhere } from './application/sign-in-elsewhere.ts'

const { auth } = requests

/** The bus' side of what another provider's tokens and log-outs mean here. */
@Controller()
export class ElsewhereController {
  readonly #elsewhere: SignInElsewhere

  constructor(@Inject(SignInElsewhere) elsewhere: SignInElsewhere) {
    this.#elsewhere = elsewhere
  }

  @Answers(auth.principal)
  principal(input: InputOf<typeof auth.principal>) {
    return this.#elsewhere.principal(input)
  }

  @Answers(auth.loggedOutElsewhere)
  loggedOut(input: InputOf<typeof auth.loggedOutElsewhere>) {
    return this.#elsewhere.loggedOut(input)
  }
}
