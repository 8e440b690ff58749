import { type Principal, refuse } from '@pf/contracts'
import type { Clock } from '@pf/eventing'
import { type Attempts, letThrough, quarterHourMs } from './attempts.ts'
import type { Audit } from './audit.ts'
import type { Client } from './client.ts'
import type { IdentityProvider } from './identity-provider.ts'
import type { Accounts, Credentials } from './ports.ts'

export type PasswordCheckParts = {
  accounts: Pick<Accounts, 'byId'>
  /** Asked when somebody comes: what a provider is built with may need this check. */
  provider: () => Pick<IdentityProvider, 'checkPassword'>
  attempts: Attempts
  audit: Pick<Audit, 'record'>
  clock: Clock
}

const guesses = { limit: 10, windowMs: quarterHourMs }

/**
 * The password, asked again of somebody who is signed in: a browser left open changes nothing for good. Guesses count by
 * session, so that a thief's shut nobody out of another session of theirs.
 */
export class PasswordCheck {
  readonly #parts: PasswordCheckParts

  constructor(parts: PasswordCheckParts) {
    this.#parts = parts
  }

  /** Throws unauthenticated, bad_credentials, too_many_attempts. */
  async assert(principal: Principal, password: string, client?: Client): Promise<Credentials> {
    return (await this.anyOf(principal, [password], client)).account
  }

  /** Which of these fits, all of them one guess. Throws as `assert`. */
  async anyOf(
    { userId, sessionId }: Principal,
    said: readonly string[],
    client?: Client,
  ): Promise<{ account: Credentials; password: string }> {
    const { accounts, attempts, audit, provider } = this.#parts
    const account = await accounts.byId(userId)
    if (account === undefined) throw refuse('unauthenticated', 'This user is not known any more. Sign in again.')
    const key = `password ${userId} ${sessionId}`
    await letThrough(this.#parts, key, guesses)
    for (const password of said) {
      if (!(await provider().checkPassword(account, password))) continue
      await attempts.forgive(key)
      return { account, password }
    }
    await audit.record({ action: 'password_refused', user: account, sessionId, client })
    throw refuse('bad_credentials', 'This is not the password of the user who asks. Nothing was changed.')
  }
}
