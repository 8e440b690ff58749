import type { Preference } from '../domain/preference.ts'
import type { RefreshToken } from '../domain/refresh-rotation.ts'
import type { Role, TokenIssuer } from './identity-provider.ts'

/** A user, and whom the identity provider knows them as: `subject` is unique with its issuer. */
export type Credentials = {
  userId: string
  spaceId: string
  username: string
  /** Null where another provider than ours knows the password. */
  passwordHash: string | null
  /** How often it was changed, the first one counted: who proved an older one proved nothing. */
  passwordVersion: number
  roles: Role[]
  issuer: string
  subject: string
}

/** What the vault keeps for log-in: password hashes and refresh tokens (hashed). Primary data: in no event. */
export interface Accounts {
  /** False where the name (names compare without case), the id or the subject is taken. */
  add(credentials: Credentials, createdAt: Date): Promise<boolean>
  /** Adds only where there is no account yet: of several at once one is the first. */
  addFirst(credentials: Credentials, createdAt: Date): Promise<boolean>
  /** Adds it and uses the invitation of this hash up, both or neither; `taken` as `add` answers false. */
  addInvited(credentials: Credentials, createdAt: Date, inviteHash: string): Promise<'added' | 'taken' | 'invite_gone'>
  byUsername(username: string): Promise<Credentials | undefined>
  byId(userId: string): Promise<Credentials | undefined>
  bySubject(issuer: string, subject: string): Promise<Credentials | undefined>
  /** Another password: a new version. */
  setPasswordHash(userId: string, passwordHash: string): Promise<void>
  /** The same password, hashed otherwise; nothing where it was changed since. */
  replaceHash(userId: string, from: string, to: string): Promise<void>
  count(): Promise<number>
  /**
   * Deletes those of the space, and their bytes; answers whose they were. Where the only operator goes, whoever registered
   * first of those who stay becomes one: an installation with users is never without.
   */
  remove(spaceId: string): Promise<string[]>
}

export interface RefreshTokens {
  find(hash: string): Promise<RefreshToken | undefined>
  add(token: { hash: string; sessionId: string; userId: string; issuedAt: Date; expiresAt: Date }): Promise<void>
  /**
   * Marks the token used and puts `successor` in its place, in one transaction; a former successor, never used, is void.
   * False where it changed since it was read (rotated by somebody else, its successor used, its session ended): read and
   * judge again.
   */
  rotate(token: RefreshToken, successor: { hash: string; expiresAt: Date }, now: Date): Promise<boolean>
  /** Ends every token of the session, one that is being rotated at this moment included. */
  endSession(sessionId: string, reason: string, now: Date): Promise<void>
  /** Ends every session of the user but one. */
  endAll(userId: string, reason: string, now: Date, except?: string): Promise<void>
  /** Deletes every token of the user, and their bytes. */
  deleteOf(userId: string): Promise<void>
  deleteExpired(now: Date): Promise<void>
}

export interface Passwords {
  hash(password: string): Promise<string>
  /** Takes as long for an unknown user (`undefined`) as for a known one. */
  verify(hash: string | undefined, password: string): Promise<boolean>
  /** Made with less work than one would be made with now. */
  isOutdated(hash: string): boolean
}

export interface AccessTokens {
  /** Seconds an access token lives. */
  readonly lifeSeconds: number
  issue(claims: { sub: string; sid: string; space: string; roles: string[] }): Promise<string>
  /** By which the tokens are checked: the key that signs, and those whose tokens have not all ended. */
  issuer(): Promise<TokenIssuer>
  /** A new key, unless one was made within the last minute. */
  rotate(): Promise<RotatedKeys>
  /** A new key where the one there is has served its time. */
  rotateAged(): Promise<RotatedKeys>
  /** Those by which no token can be checked any more. */
  forgetRetired(): Promise<void>
}

/** `signsFrom`: of the newest, whether it was made now or before. */
export type RotatedKeys = { rotated: boolean; signsFrom: Date }

export type Owner = { userId: string; spaceId: string }

/** What users' pages remember, sealed under their space's key. Primary data: of a page's memory the latest is enough, so it is no event. */
export interface Preferences {
  /** By key. */
  all(owner: Owner): Promise<Preference[]>
  find(owner: Owner, key: string): Promise<Preference | undefined>
  /**
   * Judges what stands there by `judge`, which throws, and puts `next` in its place, with nobody between: `count` is how many
   * the owner has.
   */
  put(owner: Owner, next: Preference, judge: (standing: Preference | undefined, count: number) => void): Promise<void>
  /** The same, leaving nothing. */
  remove(owner: Owner, key: string, judge: (standing: Preference | undefined) => void): Promise<void>
  /** Deletes all of the space; answers how many there were. */
  erase(spaceId: string): Promise<number>
}
