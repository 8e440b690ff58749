import type { OutputOf, requests, TokenIssuer } from '@pf/contracts'
import type { From } from './client.ts'

/**
 * Who proves that somebody is who they say: our own provider (`embedded-identity.ts`), or Keycloak. Behind it lies all that
 * differs between them. What is ours with either stands outside: the user and their space, the events, sessions listed and
 * revoked, invitations, erasure, the audit trail.
 */
export interface IdentityProvider {
  readonly mode: 'embedded' | 'keycloak'
  /** What the log-in page has to know. */
  readonly can: Capabilities
  /**
   * Makes the person known here. The account is kept by the caller; where that fails `remove` takes this back.
   * Throws username_taken, invalid_input.
   */
  register(person: { userId: string; username: string; password: string }): Promise<Enrolled>
  /**
   * By name and password. The answer is the same, and takes as long, for an unknown name and for a wrong password.
   * Throws bad_credentials, too_many_attempts.
   */
  login(entry: { username: string; password: string } & From): Promise<Granted>
  /** Throws refresh_invalid, conflict. */
  refresh(refreshToken: string): Promise<Refreshed>
  /** Whose session a refresh token is of; undefined where nobody knows it. */
  sessionOf(refreshToken: string): Promise<Session | undefined>
  /** Ends the session with whoever issues its tokens, who may hear of it later: none is refreshed any more. Idempotent. */
  endSession(session: Session, reason: SessionEnd): Promise<void>
  /** Ends all of them but one. */
  endSessions(person: Person, reason: SessionEnd, except?: string): Promise<void>
  /** For re-authentication. Throttling is the caller's. */
  checkPassword(person: Person, password: string): Promise<boolean>
  /** Sessions stay as they are. Throws invalid_input. */
  changePassword(person: Person, password: string): Promise<void>
  /** Nobody can sign in as this person any more, and nothing here tells of them. Idempotent. */
  remove(person: Person): Promise<void>
  /** By which the gateways check access tokens: one issuer each. */
  keys(): Promise<TokenIssuer[]>
  /** Of a provider with pages and tokens of its own. */
  readonly elsewhere?: Elsewhere
}

/** What happens at another provider's own pages, and what it says of it. */
export interface Elsewhere {
  /** Where browsers sign in. */
  readonly place: { url: string; realm: string; client_id: string }
  /**
   * Whose a session is, by a token of it that was checked; begun by `login`, or at the provider's pages and seen here for the
   * first time. Throws unauthenticated where it has ended or the person is not known there any more.
   */
  meet(arrival: Arrival): Promise<Met>
  /** Which sessions a logout token of theirs is about. Throws logout_token_invalid. */
  loggedOut(logoutToken: string): Promise<Session[]>
  /** Asks whether it is there, and for its keys. Throws unavailable. */
  look(): Promise<void>
  /** Undefined until it was asked once. */
  lastCall(): LastCall | undefined
  /** Tells the provider of sessions that ended here while it was away. Throws where it still is. */
  finish(): Promise<void>
  /** Deletes what is kept of sessions that nobody can continue. */
  forgetExpired(now: Date): Promise<void>
}

/** `at`: an instant as `Date.toISOString()` prints it. */
export type LastCall = { at: string; answered: boolean }

/** By the provider's own words. */
export type Arrival = { subject: string; sid: string }

/** Unique together, and never given to anybody else. `userId` is ours. */
export type Person = { issuer: string; subject: string; userId: string }
export type Role = 'user' | 'operator'
export type Session = { sessionId: string; userId: string }
export type SessionEnd = 'logout' | 'reused' | 'revoked' | 'expired'

export type Capabilities = {
  /** Log-in by `POST /auth/login`; else the browser is sent to the provider. */
  passwordLogin: boolean
}

/** `passwordHash`: kept with the account where the provider is ours. */
export type Enrolled = { issuer: string; subject: string; passwordHash: string | null }

export type Tokens = OutputOf<typeof requests.auth.login>

/**
 * Whose session it is. `newcomer`: nobody here knows the person yet, whom the provider has let in; who they are to be.
 */
export type Met = Pick<Person, 'issuer' | 'subject'> & {
  sessionId: string
  /** How long the session can go on. */
  endsInSeconds: number
  newcomer?: { userId: string; username: string }
}

/** A session that was begun, or goes on. */
export type Granted = Met & {
  tokens: Tokens
  /** Of the password that was proven; undefined where none of ours was. A session of an older one is none. */
  passwordVersion?: number
}

/**
 * `reused`: an old copy was presented, and the session has to be ended; `over`: the provider has ended it, or nobody can
 * continue it, which is news here.
 */
export type Refreshed = { granted: Granted } | { reused: Session } | { over: Session }

export type { TokenIssuer }
