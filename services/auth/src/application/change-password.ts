import type { Principal, UserEvent } from '@pf/contracts'
import type { Clock, CommandHandler } from '@pf/eventing'
import type { User, UserCommand } from '../domain/user.ts'
import type { Audit } from './audit.ts'
import { clientOf, type From } from './client.ts'
import type { IdentityProvider } from './identity-provider.ts'
import type { KnownDevices } from './known-devices.ts'
import type { PasswordCheck } from './password-check.ts'
import type { UserSessions } from './user-sessions.ts'

export type ChangePasswordParts = {
  users: CommandHandler<User, UserCommand, UserEvent>
  provider: IdentityProvider
  passwordCheck: PasswordCheck
  userSessions: UserSessions
  devices: Pick<KnownDevices, 'forgetOthers'>
  audit: Audit
  clock: Clock
}

/**
 * Whoever has the session has to know the password as well; all other sessions end, since one of them may be why it is changed,
 * and no other device is known any more. Repeated, because its answer was lost or a crash cut it off, it finds the new
 * password in place, finishes what was left, and answers the same.
 * Throws unauthenticated, bad_credentials, too_many_attempts, invalid_input.
 */
export async function changePassword(
  parts: ChangePasswordParts,
  principal: Principal,
  { current, fresh, commandId, ...from }: { current: string; fresh: string; commandId: string } & From,
): Promise<object> {
  const { audit, clock, devices, passwordCheck, provider, userSessions, users } = parts
  const { userId, sessionId } = principal
  const client = clientOf(from)
  const { account, password } = await passwordCheck.anyOf(principal, [current, fresh], client)
  if (password === current) await provider.changePassword(account, fresh)
  await userSessions.endOthers(account, sessionId, client)
  await devices.forgetOthers(userId, from.device)
  await users.handle(
    { spaceId: account.spaceId, aggregateId: userId },
    { type: 'ChangePassword', userId, changedAt: clock.now().toISOString() },
    { commandId },
  )
  await audit.record({ action: 'password_changed', user: account, sessionId, client })
  return {}
}
