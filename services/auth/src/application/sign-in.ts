import { createHash } from 'node:crypto'
import { DomainError, type OutputOf, type Principal, refuse, type requests, type UserEvent } from '@pf/contracts'
import type { Clock, CommandHandler, Ids } from '@pf/eventing'
import { judge, type RefreshToken } from '../domain/refresh-rotation.ts'
import type { User, UserCommand } from '../domain/user.ts'
import type { AccessTokens, Accounts, Credentials, Passwords, RefreshTokens } from './ports.ts'
import { Throttle } from './throttle.ts'

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

  /** Opens the space: its key, the credentials, then the event. A repeat after a crash in between finds the name taken and the log-in heals the rest. */
  async register(input: { username: string; password: string; address: string }) {
    const { accounts, clock, ids, passwords, registration } = this.#deps
    const first = (await accounts.count()) === 0
    if (registration !== 'open' && !first) {
      throw refuse('registration_closed', 'Registration is closed here. Ask whoever runs this installation to open it.')
    }
    letThrough(this.#registrations, input.address)
    this.#registrations.record(input.address)
    const credentials: Credentials = {
      userId: ids.uuid(),
      spaceId: ids.uuid(),
      username: input.username.trim(),
      passwordHash: await passwords.hash(input.password),
      roles: first ? ['user', 'operator'] : ['user'],
    }
    if (credentials.username.length < 3) {
      throw refuse('invalid_input', 'The user name has fewer than 3 characters without blanks. Choose a longer one.')
    }
    if (!(await accounts.add(credentials, clock.now()))) {
      throw refuse('username_taken', 'This user name is taken. Choose another one.')
    }
    await this.#record(credentials)
    return { id: credentials.userId, username: credentials.username }
  }

  async login(input: { username: string; password: string; address: string }): Promise<Tokens> {
    const { accounts, clock, ids, passwords, refreshTokens, secret } = this.#deps
    const key = `${input.username.trim().toLowerCase()} ${input.address}`
    letThrough(this.#guesses, key)
    const credentials = await accounts.byUsername(input.username.trim())
    if (!(await passwords.verify(credentials?.passwordHash, input.password)) || credentials === undefined) {
      this.#guesses.record(key)
      throw refuse('bad_credentials', "That name and password don't go together. Check both and try again.")
    }
    this.#guesses.forgive(key)
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
      if (verdict === 'reused') return await this.#endReused(token, credentials)
      const successor = secret()
      if (await refreshTokens.rotate(token, { hash: sha256(successor), expiresAt: expiry(now) }, now)) {
        return this.#tokens(credentials, token.sessionId, successor)
      }
    }
    throw refuse('conflict', 'This session is being refreshed from many places at once. Try again.')
  }

  async logout({ refreshToken }: { refreshToken: string }): Promise<{ ok: true }> {
    const token = await this.#deps.refreshTokens.find(sha256(refreshToken))
    if (token !== undefined) await this.#end(token, await this.#deps.accounts.byId(token.userId), 'logout')
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

  async endedSessions(): Promise<{ sessionIds: string[] }> {
    const since = new Date(this.#deps.clock.now().getTime() - 1000 * (this.#deps.accessTokens.lifeSeconds + 60))
    return { sessionIds: await this.#deps.refreshTokens.endedSince(since) }
  }

  /** The space's key and the user's first event; both idempotent, so that a log-in heals what a crash left undone. */
  async #record({ userId, spaceId, username, roles }: Credentials) {
    await this.#deps.createSpaceKey(spaceId)
    return this.#deps.users.handle(
      { spaceId, aggregateId: userId },
      { type: 'RegisterUser', userId, spaceId, username, roles, registeredAt: this.#deps.clock.now().toISOString() },
      { commandId: `register-${userId}` },
    )
  }

  async #endReused(token: RefreshToken, credentials: Credentials): Promise<never> {
    await this.#end(token, credentials, 'reused')
    throw refuse('refresh_reused', 'An old copy of this session was used, so it was ended everywhere. Sign in again.')
  }

  async #end(token: RefreshToken, credentials: Credentials | undefined, reason: 'logout' | 'reused'): Promise<void> {
    const now = this.#deps.clock.now()
    await this.#deps.refreshTokens.endSession(token.sessionId, reason, now)
    if (credentials === undefined) return
    await this.#deps.users.handle(
      { spaceId: credentials.spaceId, aggregateId: credentials.userId },
      {
        type: 'EndSession',
        userId: credentials.userId,
        sessionId: token.sessionId,
        reason,
        endedAt: now.toISOString(),
      },
      { commandId: `end-${token.sessionId}` },
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

function letThrough(throttle: Throttle, key: string): void {
  const retryAfterSeconds = throttle.waitSeconds(key)
  if (retryAfterSeconds === 0) return
  throw new DomainError('too_many_attempts', `Too many attempts. Try again in ${retryAfterSeconds} seconds.`, {
    retryAfterSeconds,
  })
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const expiry = (now: Date): Date => new Date(now.getTime() + refreshLifeSeconds * 1000)
