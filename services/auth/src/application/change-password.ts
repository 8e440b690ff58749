import { type Principal, refuse, type UserEvent } from '@pf/contracts'
import type { Clock, CommandHandler } from '@pf/eventing'
import type { User, UserCommand } from '../domain/user.ts'
import type { Audit } from './audit.ts'
import type { Client } from './client.ts'
import type { IdentityProvider } from './identity-provider.ts'
import type { Accounts } from './ports.ts'
import { letThrough, type Throttle } from './throttle.ts'
import type { UserSessions } from './user-sessions.ts'

export type ChangePasswordParts = {
  users: CommandHandler<User, UserCommand, UserEvent>
  provider: IdentityProvider
  accounts: Accounts
  userSessions: UserSessions
  audit: Audit
  guesses: Throttle
  clock: Clock
}

/**
 * Whoever has the session has to know the password as well; all other sessions end, since one of them may be why it is changed.
 * Throws unauthenticated, bad_credentials, too_many_attempts, invalid_input.
 */
export async function changePassword(
  parts: ChangePasswordParts,
  { userId, sessionId }: Principal,
  { current, fresh, commandId, client }: { current: string; fresh: string; commandId: string; client: Client },
): Promise<object> {
  const { accounts, audit, clock, guesses, provider, userSessions, users } = parts
  const key = `password ${userId}`
  const account = await guesses.inTurn(key, async () => {
    letThrough(guesses, key)
    const known = await accounts.byId(userId)
    if (known === undefined) throw refuse('unauthenticated', 'This user is not known any more. Sign in again.')
    if (await provider.checkPassword(known, current)) return known
    guesses.record(key)
    await audit.record({ action: 'password_refused', user: known, sessionId, client })
    throw refuse('bad_credentials', 'This is not your password of now. Nothing was changed.')
  })
  guesses.forgive(key)
  await provider.changePassword(account, fresh)
  await userSessions.endOthers(account, sessionId, client)
  await users.handle(
    { spaceId: account.spaceId, aggregateId: userId },
    { type: 'ChangePassword', userId, changedAt: clock.now().toISOString() },
    { commandId },
  )
  await audit.record({ action: 'password_changed', user: account, sessionId, client })
  return {}
}
