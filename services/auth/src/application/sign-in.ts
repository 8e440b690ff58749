import {
  DomainError,
  type InputOf,
  type OutputOf,
  type Principal,
  refuse,
  type requests,
  type UserEvent,
} from '@pf/contracts'
import { type Clock, type CommandHandler, derivedUuid, type Ids, sha256 } from '@pf/eventing'
import { judge } from '../domain/refresh-rotation.ts'
import type { User, UserCommand } from '../domain/user.ts'
import { usernameOf } from '../domain/username.ts'
import type { AccessTokens, Accounts, Credentials, Passwords, RefreshTokens } from './ports.ts'
import { letThrough, Throttle } from './throttle.ts'

/** A refresh token's life; each rotation starts it anew. */
export const refreshLifeSeconds = 30 * 24 * 3600
const minuteMs = 60_000

export type Registration = 'open' | 'invite' | 'closed'
type Tokens = OutputOf<typeof requests.auth.login>

export type SignInDependencies = {
  users: CommandHandler<User, UserCommand, UserEvent>
  accounts: Accounts
  refreshTokens: RefreshTokens
  passwords: Passwords
  accessTokens: AccessTokens
  createSpaceKey: (spaceId: string) => Promise<void>
  /** Spaces whose keys were retired after the instant. */
  erasedSince: (instant: Date) => Promise<string[]>
  clock: Clock
  ids: Ids
  /** Fresh secret, base64url of 32 bytes. */
  secret: () => string
  registration: Registration
}

/** Registration, log-in, rotation and log-out of the embedded identity provider. */
export class SignIn {
  readonly #deps: SignInDependencies
  readonly #guesses: Throttle
  readonly #registrations: Throttle

  constructor(deps: SignInDependencies) {
    this.#deps = deps
    this.#guesses = new Throttle({ clock: deps.clock, limit: 10, windowMs: 15 * minuteMs })
    this.#registrations = new Throttle({ clock: deps.clock, limit: 20, windowMs: 10 * minuteMs })
  }

  /**
   * Opens the space: the credentials, its key, then the event. Repeated under one `commandId` with the same name and
   * password it answers the same user; a crash in between is healed by that repeat or by the log-in.
   * Throws registration_closed, too_many_attempts, invalid_input, username_taken, idempotency_key_reused.
   */
  async register(input: InputOf<typeof requests.auth.register>): Promise<{ id: string; username: string }> {
    const { accounts, ids } = this.#deps
    const username = usernameOf(input.username)
    if (username === undefined) {
      throw refuse('invalid_input', 'A user name has 3 to 50 characters that can be seen. Choose another one.')
    }
    letThrough(this.#registrations, input.address)
    const userId =
      input.commandId === undefined ? ids.uuid() : derivedUuid('user', input.commandId, username.toLowerCase())
    const standing = await accounts.byId(userId)
    if (standing !== undefined) return this.#repeated(standing, input.password)
    this.#registrations.record(input.address)
    try {
      return await this.#record(await this.#enter({ userId, spaceId: ids.uuid(), username }, input.password))
    } catch (error) {
      // Of two repeats at once the other one made it.
      const twin = await accounts.byId(userId)
      if (twin === undefined || !(error instanceof DomainError)) throw error
      return this.#repeated(twin, input.password)
    }
  }

  /** The answer is the same, and takes as long, for an unknown name and for a wrong password. */
  async login(input: { username: string; password: string; address: string }): Promise<Tokens> {
    const { clock, ids, refreshTokens, secret } = this.#deps
    const key = `${(usernameOf(input.username) ?? '').toLowerCase()} ${input.address}`
    const credentials = await this.#guesses.inTurn(key, () => this.#guess(key, input))
    await this.#record(credentials)
    const sessionId = ids.uuid()
    const refreshToken = secret()
    const now = clock.now()
    await refreshTokens.add({
      hash: sha256(refreshToken),
      sessionId,
      userId: credentials.userId,
      issuedAt: now,
      expiresAt: expiry(now),
    })
    await this.#deps.users.handle(
      { spaceId: credentials.spaceId, aggregateId: credentials.userId },
      { type: 'StartSession', userId: credentials.userId, sessionId, startedAt: now.toISOString() },
      { commandId: `start-${sessionId}` },
    )
    return this.#tokens(credentials, sessionId, refreshToken)
  }

  async refresh({ refreshToken }: { refreshToken: string }): Promise<Tokens> {
    const { accounts, clock, refreshTokens, secret } = this.#deps
    for (let attempt = 0; attempt < 5; attempt++) {
      const token = await refreshTokens.find(sha256(refreshToken))
      const now = clock.now()
      const verdict = judge(token, now.getTime())
      if (token === undefined || verdict === 'invalid') {
        throw refuse('refresh_invalid', 'This session has ended or is not known. Sign in again.')
      }
      const credentials = await accounts.byId(token.userId)
      if (credentials === undefined) throw refuse('refresh_invalid', 'This session has ended. Sign in again.')
      if (verdict === 'reused') {
        await this.#end(token, 'reused')
        throw refuse(
          'refresh_reused',
          'An old copy of this session was used, so it was ended everywhere. Sign in again.',
        )
      }
      const successor = secret()
      if (await refreshTokens.rotate(token, { hash: sha256(successor), expiresAt: expiry(now) }, now)) {
        return this.#tokens(credentials, token.sessionId, successor)
      }
    }
    throw refuse('conflict', 'This session is being refreshed from many places at once. Try again.')
  }

  /** Ends the cookie's session and the access token's, which are one for a browser; a script may have only the latter. */
  async logout({ refreshToken, session }: InputOf<typeof requests.auth.logout>): Promise<{ ok: true }> {
    const token = refreshToken === undefined ? undefined : await this.#deps.refreshTokens.find(sha256(refreshToken))
    if (token !== undefined) await this.#end(token, 'logout')
    if (session !== undefined && session.sessionId !== token?.sessionId) await this.#end(session, 'logout')
    return { ok: true }
  }

  async me(principal: Principal): Promise<{ id: string; username: string }> {
    const credentials = await this.#deps.accounts.byId(principal.userId)
    if (credentials === undefined) throw refuse('unauthenticated', 'This user is not known any more. Sign in again.')
    return { id: credentials.userId, username: credentials.username }
  }

  keys(): Promise<{ keys: object[] }> {
    return this.#deps.accessTokens.keys()
  }

  config() {
    return { mode: 'embedded' as const, registration: this.#deps.registration }
  }

  async endedSessions(): Promise<{ sessionIds: string[]; spaceIds: string[] }> {
    const since = new Date(this.#deps.clock.now().getTime() - 1000 * (this.#deps.accessTokens.lifeSeconds + 60))
    const [sessionIds, spaceIds] = await Promise.all([
      this.#deps.refreshTokens.endedSince(since),
      this.#deps.erasedSince(since),
    ])
    return { sessionIds, spaceIds }
  }

  /** Deletes tokens that nobody can use any more. */
  async forgetExpired(): Promise<void> {
    await this.#deps.refreshTokens.deleteExpired(this.#deps.clock.now())
  }

  /** The first one ever runs the installation. Throws registration_closed, username_taken. */
  async #enter(account: Omit<Credentials, 'roles' | 'passwordHash'>, password: string): Promise<Credentials> {
    const { accounts, clock, passwords, registration } = this.#deps
    const first = (await accounts.count()) === 0
    if (registration !== 'open' && !first) throw closed()
    const passwordHash = await passwords.hash(password)
    const operator: Credentials = { ...account, passwordHash, roles: ['user', 'operator'] }
    if (first && (await accounts.addFirst(operator, clock.now()))) return operator
    if (registration !== 'open') throw closed()
    const user: Credentials = { ...account, passwordHash, roles: ['user'] }
    if (await accounts.add(user, clock.now())) return user
    throw refuse('username_taken', 'This user name is taken. Choose another one.')
  }

  async #repeated(standing: Credentials, password: string): Promise<{ id: string; username: string }> {
    if (await this.#deps.passwords.verify(standing.passwordHash, password)) return this.#record(standing)
    throw refuse(
      'idempotency_key_reused',
      'This Idempotency-Key came with another password before. Send a fresh key with each new command.',
    )
  }

  async #guess(key: string, input: { username: string; password: string }): Promise<Credentials> {
    letThrough(this.#guesses, key)
    const username = usernameOf(input.username)
    const credentials = username === undefined ? undefined : await this.#deps.accounts.byUsername(username)
    const fits = await this.#deps.passwords.verify(credentials?.passwordHash, input.password)
    if (!fits || credentials === undefined) {
      this.#guesses.record(key)
      throw refuse('bad_credentials', "That name and password don't go together. Check both and try again.")
    }
    this.#guesses.forgive(key)
    return credentials
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

  async #end(session: { sessionId: string; userId: string }, reason: 'logout' | 'reused'): Promise<void> {
    const { accounts, clock, refreshTokens, users } = this.#deps
    const { sessionId, userId } = session
    const now = clock.now()
    await refreshTokens.endSession(sessionId, reason, now)
    const credentials = await accounts.byId(userId)
    if (credentials === undefined) return
    await users.handle(
      { spaceId: credentials.spaceId, aggregateId: userId },
      { type: 'EndSession', userId, sessionId, reason, endedAt: now.toISOString() },
      { commandId: `end-${sessionId}` },
    )
  }

  async #tokens(credentials: Credentials, sessionId: string, refreshToken: string): Promise<Tokens> {
    const { accessTokens } = this.#deps
    const { userId: sub, spaceId: space, roles } = credentials
    return {
      access_token: await accessTokens.issue({ sub, sid: sessionId, space, roles }),
      expires_in: accessTokens.lifeSeconds,
      refresh_token: refreshToken,
      refresh_expires_in: refreshLifeSeconds,
    }
  }
}

const closed = () =>
  refuse('registration_closed', 'Registration is closed here. Ask whoever runs this installation to open it.')
const expiry = (now: Date): Date => new Date(now.getTime() + refreshLifeSeconds * 1000)
