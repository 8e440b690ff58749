import { refuse, systemSpace } from '@pf/contracts'
import { type Clock, derivedUuid, sha256 } from '@pf/eventing'
import type { Random } from '@pf/vault'
import type { Audit } from '../../application/audit.ts'
import { clientOf, type From } from '../../application/client.ts'
import type {
  Arrival,
  Elsewhere,
  Enrolled,
  Granted,
  IdentityProvider,
  Met,
  Person,
  Refreshed,
  Session,
  SessionEnd,
  TokenIssuer,
} from '../../application/identity-provider.ts'
import type { LoginThrottle } from '../../application/login-throttle.ts'
import type { Accounts, RefreshTokens } from '../../application/ports.ts'
import type { ProviderSessions } from '../../application/provider-sessions.ts'
import { usernameOf } from '../../domain/username.ts'
import { KeycloakAdmin } from './keycloak-admin.ts'
import { isAway, KeycloakHttp } from './keycloak-http.ts'
import { KeycloakSessions, over } from './keycloak-sessions.ts'
import { issuerOf, type KeycloakSettings, keycloakAlgorithms, keycloakAudience } from './keycloak-settings.ts'
import { type Issued, KeycloakTokens } from './keycloak-tokens.ts'
import { LogoutTokens } from './logout-token.ts'

export type KeycloakIdentityParts = {
  settings: KeycloakSettings
  accounts: Accounts
  audit: Audit
  refreshTokens: RefreshTokens
  sessions: ProviderSessions
  throttle: LoginThrottle
  clock: Clock
  random: Random
  wait(ms: number): Promise<void>
}

/** Keys are asked for anew no more often than this, whatever the tokens at the gateways name. */
const keysFreshMs = 5_000

/** Keycloak as the identity provider: access tokens are its own, and so are its users and their passwords. */
export class KeycloakIdentity implements IdentityProvider {
  readonly mode = 'keycloak'
  readonly can = { passwordLogin: true }
  readonly elsewhere: Elsewhere
  readonly #issuer: string
  readonly #parts: KeycloakIdentityParts
  readonly #tokens: KeycloakTokens
  readonly #admin: KeycloakAdmin
  readonly #sessions: KeycloakSessions
  readonly #logoutTokens: LogoutTokens
  #keys: { keys: object[]; readAtMs: number } | undefined

  constructor(parts: KeycloakIdentityParts) {
    const { settings, clock } = parts
    const http = new KeycloakHttp(settings.internalUrl, clock)
    const issuer = issuerOf(settings)
    this.#parts = parts
    this.#issuer = issuer
    this.#tokens = new KeycloakTokens(http, settings)
    this.#admin = new KeycloakAdmin(http, settings, clock)
    this.#sessions = new KeycloakSessions({ ...parts, issuer, tokens: this.#tokens, admin: this.#admin })
    const clients = [settings.webClient, settings.gateway.id]
    this.#logoutTokens = new LogoutTokens({ issuer, clients }, clock)
    this.elsewhere = {
      place: { url: settings.url, realm: settings.realm, client_id: settings.webClient },
      meet: (arrival) => this.#meet(arrival),
      loggedOut: (logoutToken) => this.#loggedOut(logoutToken),
      look: async () => {
        await this.#readKeys()
      },
      lastCall: () => http.lastCall,
      finish: () => this.#sessions.finish(),
      forgetExpired: (now) => parts.sessions.deleteExpired(now),
    }
  }

  async register({ username, password }: { username: string; password: string }): Promise<Enrolled> {
    const subject = (await this.#admin.createUser(username, password)) ?? (await this.#leftBehind(username, password))
    if (subject === undefined)
      throw refuse('username_taken', 'This user name is taken. Choose another one, or sign in if it is yours.')
    return { issuer: this.#issuer, subject, passwordHash: null }
  }

  async login(entry: { username: string; password: string } & From): Promise<Granted> {
    const issued = await this.#guess(entry)
    const account = await this.#parts.accounts.bySubject(issued.issuer, issued.subject)
    const userId = account?.userId ?? this.#userIdOf(issued.subject)
    const granted = await this.#sessions.begin(issued, userId)
    return account === undefined ? { ...granted, newcomer: { userId, username: issued.username } } : granted
  }

  refresh(refreshToken: string): Promise<Refreshed> {
    return this.#sessions.refresh(refreshToken)
  }

  async sessionOf(refreshToken: string): Promise<Session | undefined> {
    const token = await this.#parts.refreshTokens.find(sha256(refreshToken))
    return token && { sessionId: token.sessionId, userId: token.userId }
  }

  endSession(session: Session, reason: SessionEnd): Promise<void> {
    return this.#sessions.end(session, reason)
  }

  endSessions(person: Person, reason: SessionEnd, except?: string): Promise<void> {
    return this.#sessions.endAll(person, reason, except)
  }

  async checkPassword({ subject }: Person, password: string): Promise<boolean> {
    const username = await this.#admin.usernameOf(subject)
    return username !== undefined && (await this.#proves(username, password)) === subject
  }

  changePassword({ subject }: Person, password: string): Promise<void> {
    return this.#admin.setPassword(subject, password)
  }

  async remove(person: Person): Promise<void> {
    await this.#sessions.stop(person)
    await this.#admin.deleteUser(person.subject)
    await this.#parts.sessions.deleteOf(person.userId)
  }

  /** Those that were read last where Keycloak is away. */
  async keys(): Promise<TokenIssuer[]> {
    const keys = await this.#signingKeys()
    return [
      {
        issuer: this.#issuer,
        audience: keycloakAudience,
        algorithms: keycloakAlgorithms,
        type: 'JWT',
        asked: true,
        keys,
      },
    ]
  }

  async #guess(entry: { username: string; password: string } & From): Promise<Issued> {
    const { accounts, audit, throttle } = this.#parts
    const username = usernameOf(entry.username)
    const account = await accounts.byUsername(username ?? '')
    const { address, device } = entry
    const name = (username ?? '').toLowerCase()
    const passed = await throttle.letThrough({ name, userId: account?.userId, address, device })
    const issued = await this.#tokens.byPassword(username ?? entry.username, entry.password)
    if (issued === undefined) {
      const user = account && { userId: account.userId, spaceId: systemSpace }
      await audit.record({ action: 'sign_in_failed', user, client: clientOf(entry) })
      throw refuse('bad_credentials', "That name and password don't go together. Check both and try again.")
    }
    await passed()
    return issued
  }

  /** Somebody whom Keycloak's own pages let in, at the first call with a token of that session; or one of our log-ins. */
  async #meet({ subject, sid }: Arrival): Promise<Met> {
    const account = await this.#parts.accounts.bySubject(this.#issuer, subject)
    // A token outlives its user by minutes: an erased one does not come back by it.
    const newName = account === undefined ? await this.#admin.usernameOf(subject) : undefined
    if (account === undefined && newName === undefined) throw over('unauthenticated')
    const userId = account?.userId ?? this.#userIdOf(subject)
    const met = { issuer: this.#issuer, subject, ...(await this.#sessions.meet(sid, userId)) }
    return newName === undefined ? met : { ...met, newcomer: { userId, username: newName } }
  }

  async #loggedOut(logoutToken: string): Promise<Session[]> {
    const { subject, sid } = await this.#logoutTokens.read(logoutToken, await this.#signingKeys())
    const account = subject === undefined ? undefined : await this.#parts.accounts.bySubject(this.#issuer, subject)
    return this.#sessions.loggedOut(account?.userId ?? this.#userIdOf(subject ?? ''), sid)
  }

  /** An account that a registration made and a crash kept from becoming a user of ours, for whoever knows its password. */
  async #leftBehind(username: string, password: string): Promise<string | undefined> {
    const subject = await this.#admin.subjectOf(username)
    if (subject === undefined || (await this.#parts.accounts.bySubject(this.#issuer, subject))) return undefined
    return (await this.#proves(username, password)) === subject ? subject : undefined
  }

  /** Whose name and password these are. Keycloak can only be asked by a log-in, whose session is ended at once. */
  async #proves(username: string, password: string): Promise<string | undefined> {
    const issued = await this.#tokens.byPassword(username, password)
    if (issued === undefined) return undefined
    await this.#admin.endSession(issued.sid)
    return issued.subject
  }

  async #signingKeys(): Promise<object[]> {
    const nowMs = this.#parts.clock.now().getTime()
    if (this.#keys !== undefined && nowMs - this.#keys.readAtMs < keysFreshMs) return this.#keys.keys
    try {
      return await this.#readKeys()
    } catch (error) {
      if (this.#keys === undefined || !isAway(error)) throw error
      return this.#keys.keys
    }
  }

  async #readKeys(): Promise<object[]> {
    const readAtMs = this.#parts.clock.now().getTime()
    this.#keys = { keys: await this.#tokens.keys(), readAtMs }
    return this.#keys.keys
  }

  /** The same from any process, however many first calls come at once. */
  #userIdOf = (subject: string): string => derivedUuid('user', this.#issuer, subject)
}
