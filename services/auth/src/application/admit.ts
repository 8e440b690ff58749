import { refuse } from '@pf/contracts'
import type { Clock, Ids } from '@pf/eventing'
import { usernameOf } from '../domain/username.ts'
import type { Admission } from './admission.ts'
import type { Met } from './identity-provider.ts'
import type { Accounts, Credentials } from './ports.ts'

type AdmitParts = {
  accounts: Accounts
  admission: Pick<Admission, 'asksForInvite' | 'nobodyIsFirstAnyMore'>
  clock: Clock
  ids: Ids
}

/**
 * Whom the provider lets in is let in: invitations are for those who register here. However many calls of a first session
 * come at once, the person becomes one user. The first one runs the installation where no code is asked for that; elsewhere
 * whoever comes first is nobody special, and the provider says who runs it: from then on the code is void. Throws
 * name_unusable.
 */
export async function admit(
  { accounts, admission, clock, ids }: AdmitParts,
  { issuer, subject }: Met,
  newcomer: NonNullable<Met['newcomer']>,
): Promise<Credentials> {
  const username = usernameOf(newcomer.username)
  if (username === undefined) {
    throw refuse(
      'name_unusable',
      'A user name has 3 to 50 characters here. Have yours changed where you sign in, then sign in again.',
    )
  }
  const person = {
    userId: newcomer.userId,
    spaceId: ids.uuid(),
    username,
    passwordHash: null,
    passwordVersion: 1,
    issuer,
    subject,
  }
  const operator: Credentials = { ...person, roles: ['user', 'operator'] }
  if (!(await admission.asksForInvite()) && (await accounts.addFirst(operator, clock.now()))) return operator
  const user: Credentials = { ...person, roles: ['user'] }
  if (await accounts.add(user, clock.now())) {
    await admission.nobodyIsFirstAnyMore()
    return user
  }
  const twin = await accounts.bySubject(issuer, subject)
  if (twin !== undefined) return twin
  throw refuse(
    'name_unusable',
    'Somebody else has your user name here. Have it changed where you sign in, then sign in again.',
  )
}
