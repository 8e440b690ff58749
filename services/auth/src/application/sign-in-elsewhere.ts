import { type InputOf, type Principal, refuse, type requests } from '@pf/contracts'
import { clientOf } from './client.ts'
import type { Elsewhere, LastCall } from './identity-provider.ts'
import type { SignIn } from './sign-in.ts'

export type SignInElsewhereParts = {
  /** Undefined where nobody but us signs people in. */
  elsewhere: Elsewhere | undefined
  signIn: Pick<SignIn, 'arrive' | 'sessions'>
}

/** Of sessions that people begin and end at another provider's own pages. */
export class SignInElsewhere {
  readonly #parts: SignInElsewhereParts

  constructor(parts: SignInElsewhereParts) {
    this.#parts = parts
  }

  /**
   * Whose a checked token of the provider is. Of a person that signs in there for the first time, the user and their space are
   * made. Operators are those of ours, and those whom the provider calls so. Throws unauthenticated, name_unusable.
   */
  async principal(said: InputOf<typeof requests.auth.principal>): Promise<Principal> {
    const { elsewhere, signIn } = this.#parts
    if (elsewhere === undefined) throw refuse('unauthenticated', 'This token is of another way to sign in.')
    const met = await elsewhere.meet({ subject: said.subject, sid: said.sid })
    const { userId, spaceId, roles } = await signIn.arrive(met, clientOf(said))
    const given = said.roles.filter((role) => role === 'operator')
    return { userId, spaceId, sessionId: met.sessionId, roles: [...new Set([...roles, ...given])] }
  }

  /** Ends here what the provider says has ended there. Throws logout_token_invalid, not_found. */
  async loggedOut({ logoutToken }: InputOf<typeof requests.auth.loggedOutElsewhere>): Promise<object> {
    const { elsewhere, signIn } = this.#parts
    if (elsewhere === undefined) throw refuse('not_found', 'Nobody signs in elsewhere here.')
    for (const session of await elsewhere.loggedOut(logoutToken)) await signIn.sessions.end(session, 'logout')
    return {}
  }

  /** Asks whether the provider is there, so that `lastCalls` tells. Throws unavailable. */
  async look(): Promise<void> {
    await this.#parts.elsewhere?.look()
  }

  /** Of the provider, under the name of its kind. */
  lastCalls(): Record<string, LastCall> {
    const lastCall = this.#parts.elsewhere?.lastCall()
    return lastCall === undefined ? {} : { keycloak: lastCall }
  }

  /** Tells the provider what it missed while it was away. */
  async finish(): Promise<void> {
    await this.#parts.elsewhere?.finish()
  }
}
