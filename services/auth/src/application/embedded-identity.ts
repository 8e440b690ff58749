import { refuse, systemSpace, tokenIssuer } from '@pf/contracts'
import { type Clock, type Ids, sha256 } from '@pf/eventing'
import { faultOfPassword, foldedPassword } from '../domain/password.ts'
import { judge } from '../domain/refresh-rotation.ts'
import { usernameOf } from '../domain/username.ts'
import type { Audit } from './audit.ts'
import { clientOf, type From } from './client.ts'
import type {
  Enrolled,
  Granted,
  IdentityProvider,
  Person,
  Refreshed,
  Session,
  SessionEnd,
  Tokens,
} from './identity-provider.ts'
import type { LoginThrottle } from './login-throttle.ts'
import type { AccessTokens, Accounts, Credentials, Passwords, RefreshTokens } from './ports.ts'
import type { SecondFactors } from './second-factors.ts'

/** A refresh token's life; each rotation starts it anew. */
export const refreshLifeSeconds = 30 * 24 * 3600

export type EmbeddedIdentityParts = {
  accounts: Accounts
  audit: Audit
  refreshTokens: RefreshTokens
  passwords: Passwords
  /** One of those that leak most often; asked in `foldedPassword`'s form. */
  isCommonPassword: (folded: string) => Promise<boolean>
  accessTokens: AccessTokens
  secondFactors: SecondFactors
  throttle: LoginThrottle
  clock: Clock
  ids: Ids
  /** Fresh secret, base64url of 32 bytes. */
  secret: () => string
}

/** Our own identity provider: passwords in the vault, tokens signed here. A person's subject is our own user id. */
export class EmbeddedIdentity implements IdentityProvider {
  readonly mode = 'embedded'
  readonly can = { passwordLogin: true }
  readonly #parts: EmbeddedIdentityParts

  constructor(parts: EmbeddedIdentityParts) {
    this.#parts = parts
  }

  async register({
    userId,
    username,
    password,
  }: {
    userId: string
    username: string
    password: string
  }): Promise<Enrolled> {
    await this.#assertGood(password, username)
    return { issuer: tokenIssuer, subject: userId, passwordHash: await this.#parts.passwords.hash(password) }
  }

  /** Throws, beside what every provider does, what the second factor asks for. */
  async login(entry: { username: string; password: string } & From): Promise<Granted> {
    const credentials = await this.#guess(entry)
    const asks = await this.#parts.secondFactors.required(credentials.userId, credentials.passwordVersion)
    if (asks !== undefined) throw asks
    return this.begin(credentials, credentials.passwordVersion)
  }

  /** A session of somebody who proved it: by the password of this version, or by what is asked for instead of one. */
  async begin(credentials: Credentials, passwordVersion?: number): Promise<Granted> {
    const { clock, ids, refreshTokens, secret } = this.#parts
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
    const granted = await this.#granted(credentials, sessionId, refreshToken)
    return passwordVersion === undefined ? granted : { ...granted, passwordVersion }
  }

  async refresh(refreshToken: string): Promise<Refreshed> {
    const { accounts, clock, refreshTokens, secret } = this.#parts
    for (let attempt = 0; attempt < 5; attempt++) {
      const token = await refreshTokens.find(sha256(refreshToken))
      const now = clock.now()
      const verdict = judge(token, now.getTime())
      if (token === undefined || verdict === 'invalid') {
        throw refuse('refresh_invalid', 'This session has ended or is not known. Sign in again.')
      }
      const credentials = await accounts.byId(token.userId)
      if (credentials === undefined) throw refuse('refresh_invalid', 'This session has ended. Sign in again.')
      if (verdict === 'reused') return { reused: { sessionId: token.sessionId, userId: token.userId } }
      const successor = secret()
      if (await refreshTokens.rotate(token, { hash: sha256(successor), expiresAt: expiry(now) }, now)) {
        return { granted: await this.#granted(credentials, token.sessionId, successor) }
      }
    }
    throw refuse('conflict', 'This session is being refreshed from many places at once. Try again.')
  }

  async sessionOf(refreshToken: string): Promise<Session | undefined> {
    const token = await this.#parts.refreshTokens.find(sha256(refreshToken))
    return token && { sessionId: token.sessionId, userId: token.userId }
  }

  async endSession({ sessionId }: Session, reason: SessionEnd): Promise<void> {
    await this.#parts.refreshTokens.endSession(sessionId, reason, this.#parts.clock.now())
  }

  async endSessions({ userId }: Person, reason: SessionEnd, except?: string): Promise<void> {
    await this.#parts.refreshTokens.endAll(userId, reason, this.#parts.clock.now(), except)
  }

  async checkPassword({ userId }: Person, password: string): Promise<boolean> {
    const { accounts, passwords } = this.#parts
    return passwords.verify((await accounts.byId(userId))?.passwordHash ?? undefined, password)
  }

  async changePassword({ userId }: Person, password: string): Promise<void> {
    const { accounts, passwords } = this.#parts
    await this.#assertGood(password, (await accounts.byId(userId))?.username ?? '')
    await accounts.setPasswordHash(userId, await passwords.hash(password))
  }

  /** The password goes with the account itself; the sessions' tokens, ended, with the keys of the space. */
  async remove(person: Person): Promise<void> {
    await this.endSessions(person, 'revoked')
  }

  async keys() {
    return [await this.#parts.accessTokens.issuer()]
  }

  async #guess(entry: { username: string; password: string } & From): Promise<Credentials> {
    // A name that nobody can have is asked for as well: it takes as long as any other.
    const username = usernameOf(entry.username) ?? ''
    const credentials = await this.#parts.accounts.byUsername(username)
    const { address, device } = entry
    const passed = await this.#parts.throttle.letThrough({
      name: username.toLowerCase(),
      userId: credentials?.userId,
      address,
      device,
    })
    const fits = await this.#parts.passwords.verify(credentials?.passwordHash ?? undefined, entry.password)
    if (!fits || credentials === undefined) {
      // The same work for a name that nobody has: sealed by the installation's key, whoever was meant.
      const user = credentials && { userId: credentials.userId, spaceId: systemSpace }
      await this.#parts.audit.record({ action: 'sign_in_failed', user, client: clientOf(entry) })
      throw refuse('bad_credentials', "That name and password don't go together. Check both and try again.")
    }
    await passed()
    await this.#hashAnew(credentials, entry.password)
    return credentials
  }

  /** What was hashed when hashing was cheaper is hashed as it is now, while the password is at hand. The same password still. */
  async #hashAnew({ userId, passwordHash }: Credentials, password: string): Promise<void> {
    const { accounts, passwords } = this.#parts
    if (passwordHash === null || !passwords.isOutdated(passwordHash)) return
    await accounts.replaceHash(userId, passwordHash, await passwords.hash(password))
  }

  /** Throws invalid_input. */
  async #assertGood(password: string, username: string): Promise<void> {
    const isCommon = await this.#parts.isCommonPassword(foldedPassword(password))
    const fault = faultOfPassword(password, username, isCommon)
    if (fault !== undefined) throw refuse('invalid_input', fault)
  }

  async #granted(credentials: Credentials, sessionId: string, refreshToken: string): Promise<Granted> {
    const { issuer, subject } = credentials
    const tokens = await this.#tokens(credentials, sessionId, refreshToken)
    return { issuer, subject, sessionId, endsInSeconds: refreshLifeSeconds, tokens }
  }

  async #tokens({ userId, spaceId, roles }: Credentials, sessionId: string, refreshToken: string): Promise<Tokens> {
    const { accessTokens } = this.#parts
    return {
      access_token: await accessTokens.issue({ sub: userId, sid: sessionId, space: spaceId, roles }),
      expires_in: accessTokens.lifeSeconds,
      refresh_token: refreshToken,
      refresh_expires_in: refreshLifeSeconds,
    }
  }
}

const expiry = (now: Date): Date => new Date(now.getTime() + refreshLifeSeconds * 1000)
