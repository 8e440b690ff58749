import { Controller, Inject } from '@nestjs/common'
import { type InputOf, type Principal, requests } from '@pf/contracts'
import { Answers } from '@pf/service-kit'
import { Invites } from './application/invites.ts'

const { auth } = requests

/** The bus' side of invitations. */
@Controller()
export class InvitesController {
  readonly #invites: Invites

  constructor(@Inject(Invites) invites: Invites) {
    this.#invites = invites
  }

  @Answers(auth.issueInvite)
  issueInvite(input: InputOf<typeof auth.issueInvite>, principal: Principal) {
    return this.#invites.issue(principal, input)
  }

  @Answers(auth.invites)
  invites(_input: object, principal: Principal) {
    return this.#invites.list(principal)
  }

  @Answers(auth.revokeInvite)
  revokeInvite(input: InputOf<typeof auth.revokeInvite>, principal: Principal) {
    return this.#invites.revoke(principal, input)
  }
}
