import {
  DomainError,
  type InputOf,
  networkOf,
  type OutputOf,
  type Principal,
  refuse,
  type requests,
  type UserEvent,
} from '@pf/contracts'
import { type Clock, type CommandHandler, derivedUuid, type Ids } from '@pf/eventing'
import type { User, UserCommand } from '../domain/user.ts'
import { usernameOf } from '../domain/username.ts'
import { type Admission, type Admitted, inviteInvalid } from './admission.ts'
import { admit } from './admit.ts'
import { type Attempts, letThrough } from './attempts.ts'
import type { Audit } from './audit.ts'
import { auditDays } from './audit.ts'
import { type Client, clientOf, type From } from './client.ts'
import type { Granted, IdentityProvider, Met, TokenIssuer, Tokens } from './identity-provider.ts'
import type { KnownDevices } from './known-devices.ts'
import type { Accounts, Credentials, RefreshTokens } from './ports.ts'
import type { Sessions } from './sessions.ts'
import { UserSessions } from './user-sessions.ts'

/** Tokens of a session that ended are refused for as long as one may live: our own, or Keycloak's of the same life. */
const accessLifeSeconds = 900
const dayMs = 86_400_000
const registrations = { limit: 20, windowMs: 10 * 60_000 }

export type SignInDependencies = {
  users: CommandHandler<User, UserCommand, UserEvent>
  provider: IdentityProvider
  accounts: Accounts
  refreshTokens: RefreshTokens
  sessions: Sessions
  audit: Audit
  attempts: Attempts
  devices: KnownDevices
  createSpaceKey: (spaceId: string) => Promise<void>
  /** Spaces whose keys were retired after the instant, and those that are being moved away. */
  closedSince: (instant: Date) => Promise<string[]>
  /** Where a space that is being moved to another installation is found from now on; undefined for all others. */
  newPlaceOf: (spaceId: string) => Promise<string | undefined>
  clock: Clock
  ids: Ids
  admission: Admission
  /** Whether people can sign in by passkey. */
  passkeys: boolean
}

/** What is ours whoever the identity provider is: the user and their space, their sessions, and the events of both. */
export class SignIn {
  readonly #deps: SignInDependencies
  readonly sessions: UserSessions

  constructor(deps: SignInDependencies) {
    this.#deps = deps
    this.sessions = new UserSessions(deps)
  }

  /**
   * Opens the space: the credentials, its key, then the event. Repeated under one `commandId` with the same name and
   * password it answers the same user; a crash in between is healed by that repeat or by the log-in.
   * Throws registration_closed, invite_needed, invite_invalid, too_many_attempts, invalid_input, username_taken, idempotency_key_reused.
   */
  async register(input: InputOf<typeof requests.auth.register>): Promise<{ id: string; username: string }> {
    const { accounts, ids } = this.#deps
    const username = usernameOf(input.username)
    if (username === undefined) {
      throw refuse('invalid_input', 'A user name has 3 to 50 characters that can be seen. Choose another one.')
    }
    const userId =
      input.commandId === undefined ? ids.uuid() : derivedUuid('user', input.commandId, username.toLowerCase())
    const standing = await accounts.byId(userId)
    if (standing !== undefined) return this.#repeated(standing, input.password)
    await letThrough(this.#deps, `register ${networkOf(input.address)}`, registrations)
    try {
      const account = await this.#enter({ userId, spaceId: ids.uuid(), username }, input)
      const user = await this.#record(account)
      await this.#deps.audit.record({ action: 'registered', user: account, client: clientOf(input) })
      return user
    } catch (error) {
      // Of two repeats at once the other one made it.
      const twin = await accounts.byId(userId)
      if (twin === undefined || !(error instanceof DomainError)) throw error
      return this.#repeated(twin, input.password)
    }
  }

  /** The answer is the same, and takes as long, for an unknown name and for a wrong password. */
  async login(input: InputOf<typeof requests.auth.login>): Promise<Tokens> {
    return this.start(await this.#deps.provider.login(input), input)
  }

  /** A session that the provider has begun becomes one of a user of ours. Throws bad_credentials, unauthenticated. */
  async start(granted: Granted, from: From): Promise<Tokens> {
    const account = await this.#accountOf(granted)
    const client = clientOf(from)
    await this.#begin(account, granted, client)
    await this.#assertStillProven(account, granted, client)
    return { ...granted.tokens, device: await this.#deps.devices.remember(account.userId, from.device) }
  }

  /** A session that the provider has begun becomes one of a user of ours; one that is open here goes on. */
  async arrive(met: Met, client: Client): Promise<Credentials> {
    const account = await this.#accountOf(met)
    if (await this.sessions.isOpen(account, met)) {
      await this.sessions.goesOn(account, met, client)
      return account
    }
    await this.#begin(account, met, client)
    return account
  }

  async refresh(input: InputOf<typeof requests.auth.refresh>): Promise<Tokens> {
    const refreshed = await this.#deps.provider.refresh(input.refreshToken)
    const client = clientOf(input)
    if ('granted' in refreshed) {
      await this.sessions.goesOn(await this.#accountOf(refreshed.granted), refreshed.granted, client)
      return refreshed.granted.tokens
    }
    if ('over' in refreshed) {
      await this.sessions.end(refreshed.over, 'expired')
      throw refuse('refresh_invalid', 'This session has ended. Sign in again.')
    }
    await this.sessions.end(refreshed.reused, 'reused', client)
    throw refuse('refresh_reused', 'An old copy of this session was used, so it was ended everywhere. Sign in again.')
  }

  /** Ends the cookie's session and the access token's, which are one for a browser; a script may have only the latter. */
  async logout(input: InputOf<typeof requests.auth.logout>): Promise<{ ok: true }> {
    const { refreshToken, session } = input
    const client = clientOf(input)
    const ofCookie = refreshToken === undefined ? undefined : await this.#deps.provider.sessionOf(refreshToken)
    if (ofCookie !== undefined) await this.sessions.end(ofCookie, 'logout', client)
    if (session !== undefined && session.sessionId !== ofCookie?.sessionId)
      await this.sessions.end(session, 'logout', client)
    return { ok: true }
  }

  /** The roles are those that the caller's token has: what services will say to it. */
  async me({ userId, roles }: Principal): Promise<OutputOf<typeof requests.auth.me>> {
    const credentials = await this.#deps.accounts.byId(userId)
    if (credentials === undefined) throw refuse('unauthenticated', 'This user is not known any more. Sign in again.')
    const known = (['user', 'operator'] as const).filter((role) => roles.includes(role))
    return { id: credentials.userId, username: credentials.username, roles: known }
  }

  async keys(): Promise<{ issuers: TokenIssuer[] }> {
    return { issuers: await this.#deps.provider.keys() }
  }

  async config(): Promise<OutputOf<typeof requests.auth.config>> {
    const { admission, passkeys, provider } = this.#deps
    const { mode } = provider
    const keycloak = provider.elsewhere?.place
    return {
      mode,
      registration: admission.registration,
      invite_needed: await admission.asksForInvite(),
      second_factors: mode === 'embedded',
      passkeys,
      ...(keycloak && { keycloak }),
    }
  }

  async endedSessions(): Promise<{ sessionIds: string[]; spaceIds: string[] }> {
    const since = new Date(this.#deps.clock.now().getTime() - 1000 * (accessLifeSeconds + 60))
    const [sessionIds, spaceIds] = await Promise.all([this.sessions.endedSince(since), this.#deps.closedSince(since)])
    return { sessionIds, spaceIds }
  }

  /** Ends the sessions whose time is over; deletes tokens that nobody can use any more, and what was told for long enough. */
  async forgetExpired(): Promise<void> {
    const { attempts, audit, clock, devices, provider, refreshTokens, sessions } = this.#deps
    const daysAgo = (days: number) => new Date(clock.now().getTime() - days * dayMs)
    await this.sessions.endExpired()
    await refreshTokens.deleteExpired(clock.now())
    await provider.elsewhere?.forgetExpired(clock.now())
    await attempts.deleteOver(clock.now())
    await devices.forgetUnseen()
    await sessions.deleteEnded(daysAgo(1))
    await audit.deleteBefore(daysAgo(auditDays))
  }

  /**
   * A password that was changed while this log-in was under way opens nothing: whoever changed it ends the sessions there are
   * by then, and this one, where it is not among them, ends itself. Throws bad_credentials.
   */
  async #assertStillProven({ userId }: Credentials, { passwordVersion, sessionId }: Granted, client: Client) {
    if (passwordVersion === undefined) return
    if ((await this.#deps.accounts.byId(userId))?.passwordVersion === passwordVersion) return
    await this.sessions.end({ sessionId, userId }, 'revoked', client)
    throw refuse('bad_credentials', 'The password was changed at this moment. Sign in with the new one.')
  }

  async #begin(account: Credentials, met: Met, client: Client): Promise<void> {
    await this.#record(account)
    await this.sessions.begin(account, met, client)
  }

  async #accountOf(met: Met): Promise<Credentials> {
    const { issuer, subject, newcomer } = met
    const known = await this.#deps.accounts.bySubject(issuer, subject)
    const account = known ?? (newcomer && (await admit(this.#deps, met, newcomer)))
    if (account === undefined) throw refuse('unauthenticated', 'This user is not known any more. Sign in again.')
    const address = await this.#deps.newPlaceOf(account.spaceId)
    if (address !== undefined) throw refuse('space_moved', `Your data is being moved to ${address}. Sign in there.`)
    return account
  }

  /** The first one ever runs the installation. Throws registration_closed, invite_needed, invite_invalid, username_taken. */
  async #enter(
    account: Pick<Credentials, 'userId' | 'spaceId' | 'username'>,
    { invite, password }: { invite?: string; password: string },
  ): Promise<Credentials> {
    const { accounts, admission, clock, provider } = this.#deps
    // Before anything is asked about the name: nobody learns which are taken without being let in.
    const admitted = await admission.admit(invite)
    const person = { ...account, passwordVersion: 1, ...(await provider.register({ ...account, password })) }
    try {
      if (admitted.as === 'user') return await this.#addUser(person, admitted)
      const operator: Credentials = { ...person, roles: ['user', 'operator'] }
      if (await accounts.addFirst(operator, clock.now())) {
        await admission.entered(admitted)
        return operator
      }
      // Another one was the first at this moment: the door is as it is for everybody after.
      const after = await admission.admit(invite)
      if (after.as === 'user') return await this.#addUser(person, after)
      throw refuse('conflict', 'Somebody else was registered and left at this moment. Try again.')
    } catch (error) {
      // Another one at the same time may have become this very user.
      if ((await accounts.bySubject(person.issuer, person.subject)) === undefined) await provider.remove(person)
      throw error
    }
  }

  async #addUser(
    person: Omit<Credentials, 'roles'>,
    admitted: Extract<Admitted, { as: 'user' }>,
  ): Promise<Credentials> {
    const { accounts, admission, clock } = this.#deps
    const user: Credentials = { ...person, roles: ['user'] }
    const now = clock.now()
    const taken = () =>
      refuse('username_taken', 'This user name is taken. Choose another one, or sign in if it is yours.')
    if (admitted.invite === undefined) {
      if (await accounts.add(user, now)) return user
      throw taken()
    }
    const added = await accounts.addInvited(user, now, admitted.invite.hash)
    if (added === 'taken') throw taken()
    if (added === 'invite_gone') throw inviteInvalid()
    await admission.entered(admitted)
    return user
  }

  async #repeated(standing: Credentials, password: string): Promise<{ id: string; username: string }> {
    if (await this.#deps.provider.checkPassword(standing, password)) return this.#record(standing)
    throw refuse(
      'idempotency_key_reused',
      'This Idempotency-Key came with another password before. Send a fresh key with each new command.',
    )
  }

  /** The space's key and the user's first event; both idempotent, so that a log-in heals what a crash left undone. */
  async #record({ userId, spaceId, username, roles }: Credentials): Promise<{ id: string; username: string }> {
    await this.#deps.createSpaceKey(spaceId)
    await this.#deps.users.handle(
      { spaceId, aggregateId: userId },
      { type: 'RegisterUser', userId, spaceId, username, roles, registeredAt: this.#deps.clock.now().toISOString() },
      { commandId: `register-${userId}` },
    )
    return { id: userId, username }
  }
}
