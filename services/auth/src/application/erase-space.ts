import { type ErasureScope, type Principal, type SpaceErasureEvent, systemSpace } from '@pf/contracts'
import { type Clock, type CommandHandler, derivedUuid } from '@pf/eventing'
import type { SpaceErasure, SpaceErasureCommand } from '../domain/space-erasure.ts'
import type { Audit } from './audit.ts'
import type { IdentityProvider } from './identity-provider.ts'
import type { PasswordCheck } from './password-check.ts'
import type { Accounts, Preferences, RefreshTokens } from './ports.ts'
import type { Sessions } from './sessions.ts'

type Requested = Extract<SpaceErasureEvent, { type: 'SpaceErasureRequested' }>['data']

export type EraseSpaceParts = {
  erasures: CommandHandler<SpaceErasure, SpaceErasureCommand, SpaceErasureEvent>
  accounts: Accounts
  refreshTokens: RefreshTokens
  sessions: Sessions
  audit: Audit
  provider: IdentityProvider
  /** What else auth keeps of a user: nothing of it is left afterwards. */
  forgetOf(userId: string): Promise<void>
  passwordCheck: PasswordCheck
  clock: Clock
}

const at = (erasureId: string) => ({ spaceId: systemSpace, aggregateId: erasureId })

/** It is carried out from here on, by whoever runs. Of a space, not of a command: it is erased once, however often somebody asks. */
export async function askErasure(
  { erasures, clock }: Pick<EraseSpaceParts, 'erasures' | 'clock'>,
  { spaceId, userId }: Pick<Requested, 'spaceId' | 'userId'>,
): Promise<string> {
  const erasureId = derivedUuid('erasure', spaceId)
  const requestedAt = clock.now().toISOString()
  await erasures.handle(
    at(erasureId),
    { type: 'RequestErasure', erasureId, spaceId, userId, requestedAt },
    { commandId: `erase-${spaceId}` },
  )
  return erasureId
}

/**
 * From here on it will happen: the request stands in the log, nobody is signed in as this user any more, and the name is free.
 * Throws unauthenticated, bad_credentials, too_many_attempts.
 */
export async function requestErasure(
  parts: EraseSpaceParts,
  principal: Principal,
  { password }: { password: string },
): Promise<object> {
  const { userId, spaceId } = await parts.passwordCheck.assert(principal, password)
  await askErasure(parts, { spaceId, userId })
  await signOutForGood(parts, { spaceId, userId })
  return {}
}

async function signOutForGood(
  { accounts, provider, sessions, audit, clock, forgetOf }: EraseSpaceParts,
  { spaceId, userId }: Pick<Requested, 'spaceId' | 'userId'>,
  { livesOn = false } = {},
): Promise<void> {
  const account = await accounts.byId(userId)
  // The gateways hear of it before a provider that may be away is told.
  for (const { sessionId } of await sessions.open(userId, clock.now()))
    await sessions.end(sessionId, 'revoked', clock.now())
  if (account !== undefined && !livesOn) await provider.remove(account)
  await accounts.remove(spaceId)
  await forgetOf(userId)
  await audit.deleteOf(userId)
}

export type CarryOutParts = EraseSpaceParts & {
  /**
   * Takes out the space's banks and ends their consents. `last`: what a provider refuses is left to run out. Throws where it
   * is to be tried again.
   */
  endConsents(of: { spaceId: string; userId: string }, last: boolean): Promise<void>
  /**
   * Whether the space goes on at another installation: then its consents, and the identity of its user, are that one's.
   */
  livesOn(spaceId: string): Promise<boolean>
  carryOut(erasure: { erasureId: string; scope: ErasureScope; userId: string }): Promise<void>
}

/** Providers in trouble are waited for a while, some 30 s; then their consents have to run out by themselves. */
const consentAttempts = 6

/** All of it, however far an earlier attempt came. Throws where it is to be tried again. */
export async function eraseSpace(parts: CarryOutParts, requested: Requested, attempt: number): Promise<void> {
  const { erasureId, spaceId, userId } = requested
  const { state } = await parts.erasures.load(at(erasureId))
  if (state.status === 'erased') return
  const livesOn = await parts.livesOn(spaceId)
  await signOutForGood(parts, requested, { livesOn })
  if (!livesOn) await parts.endConsents({ spaceId, userId }, attempt >= consentAttempts)
  await parts.carryOut({ erasureId, scope: { of: 'space', spaceId }, userId })
  // Until the keys were gone, the sessions told the gateways whose tokens to refuse; now the space does.
  await parts.refreshTokens.deleteOf(userId)
  await parts.sessions.deleteOf(userId)
  const erasedAt = parts.clock.now().toISOString()
  await parts.erasures.handle(at(erasureId), { type: 'RecordErased', erasureId, erasedAt }, { commandId: 'erased' })
}

/** What auth itself has of a space. On a database that was restored that is everything again. */
export async function eraseCredentials(
  {
    accounts,
    refreshTokens,
    sessions,
    audit,
    forgetOf,
    preferences,
  }: Pick<EraseSpaceParts, 'accounts' | 'refreshTokens' | 'sessions' | 'audit' | 'forgetOf'> & {
    preferences: Preferences
  },
  scope: ErasureScope,
): Promise<number> {
  if (scope.of !== 'space') return 0
  const userIds = await accounts.remove(scope.spaceId)
  for (const userId of userIds) {
    await refreshTokens.deleteOf(userId)
    await sessions.deleteOf(userId)
    await audit.deleteOf(userId)
    await forgetOf(userId)
  }
  return userIds.length + (await preferences.erase(scope.spaceId))
}
