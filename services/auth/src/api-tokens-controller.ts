import { Controller, Inject } from '@nestjs/common'
import { type InputOf, type Principal, requests } from '@pf/contracts'
import { Answers } from '@pf/service-kit'
import { ApiTokens } from './application/api-tokens.ts'

const { auth } = requests

/** The bus' side of personal API tokens. */
@Controller()
export class ApiTokensController {
  readonly #apiTokens: ApiTokens

  constructor(@Inject(ApiTokens) apiTokens: ApiTokens) {
    this.#apiTokens = apiTokens
  }

  @Answers(auth.issueApiToken)
  issueApiToken(input: InputOf<typeof auth.issueApiToken>, principal: Principal) {
    return this.#apiTokens.issue(principal, input)
  }

  @Answers(auth.apiTokens)
  apiTokens(_input: object, principal: Principal) {
    return this.#apiTokens.list(principal)
  }

  @Answers(auth.revokeApiToken)
  revokeApiToken(input: InputOf<typeof auth.revokeApiToken>, principal: Principal) {
    return this.#apiTokens.revoke(principal, input)
  }

  @Answers(auth.apiTokenHolder)
  apiTokenHolder(input: InputOf<typeof auth.apiTokenHolder>) {
    return this.#apiTokens.holder(input)
  }
}
