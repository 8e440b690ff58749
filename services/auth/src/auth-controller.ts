import { Controller, Inject } from '@nestjs/common'
import { type InputOf, type Principal, requests } from '@pf/contracts'
import { Answers } from '@pf/service-kit'
import { ApiTokens } from './application/api-tokens.ts'
import { type EraseSpaceParts, requestErasure } from './application/erase-space.ts'
import { SignIn } from './application/sign-in.ts'

const { auth } = requests
export const erasingToken = 'auth/erasing'

/** The bus' side of signing in. */
@Controller()
export class AuthController {
  readonly #signIn: SignIn
  readonly #erasing: EraseSpaceParts
  readonly #apiTokens: ApiTokens

  constructor(
    @Inject(SignIn) signIn: SignIn,
    @Inject(erasingToken) erasing: EraseSpaceParts,
    @Inject(ApiTokens) apiTokens: ApiTokens,
  ) {
    this.#signIn = signIn
    this.#erasing = erasing
    this.#apiTokens = apiTokens
  }

  @Answers(auth.requestErasure)
  requestErasure(input: InputOf<typeof auth.requestErasure>, principal: Principal) {
    return requestErasure(this.#erasing, principal, input)
  }

  @Answers(auth.register)
  register(input: InputOf<typeof auth.register>) {
    return this.#signIn.register(input)
  }

  @Answers(auth.login)
  login(input: InputOf<typeof auth.login>) {
    return this.#signIn.login(input)
  }

  @Answers(auth.refresh)
  refresh(input: InputOf<typeof auth.refresh>) {
    return this.#signIn.refresh(input)
  }

  @Answers(auth.logout)
  logout(input: InputOf<typeof auth.logout>) {
    return this.#signIn.logout(input)
  }

  @Answers(auth.me)
  me(_input: object, principal: Principal) {
    return this.#signIn.me(principal)
  }

  @Answers(auth.keys)
  keys() {
    return this.#signIn.keys()
  }

  @Answers(auth.config)
  config() {
    return Promise.resolve(this.#signIn.config())
  }

  @Answers(auth.endedSessions)
  async endedSessions() {
    const [ended, tokenIds] = await Promise.all([this.#signIn.endedSessions(), this.#apiTokens.revokedLately()])
    return { ...ended, sessionIds: [...ended.sessionIds, ...tokenIds] }
  }
}
