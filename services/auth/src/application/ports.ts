import type { RefreshToken } from '../domain/refresh-rotation.ts'

export type Credentials = {
  userId: string
  spaceId: string
  username: string
  passwordHash: string
  roles: ('user' | 'operator')[]
}

/** What the vault keeps for log-in: password hashes and refresh tokens (hashed). Primary data: in no event. */
export interface Accounts {
  /** False where the name is taken (names compare without case). */
  add(credentials: Credentials, createdAt: Date): Promise<boolean>
  byUsername(username: string): Promise<Credentials | undefined>
  byId(userId: string): Promise<Credentials | undefined>
  count(): Promise<number>
}

export interface RefreshTokens {
  find(hash: string): Promise<RefreshToken | undefined>
  add(token: { hash: string; sessionId: string; userId: string; issuedAt: Date; expiresAt: Date }): Promise<void>
  /**
   * Marks `hash` used and puts `successor` in its place, in one transaction; a former successor is ended.
   * False where somebody else rotated it since it was read (`usedAt` or successor differ): read and judge again.
   */
  rotate(token: RefreshToken, successor: { hash: string; expiresAt: Date }, now: Date): Promise<boolean>
  endSession(sessionId: string, reason: string, now: Date): Promise<void>
  endedSince(instant: Date): Promise<string[]>
}

export interface Passwords {
  hash(password: string): Promise<string>
  /** Takes as long for an unknown user (`undefined`) as for a known one. */
  verify(hash: string | undefined, password: string): Promise<boolean>
}

export interface AccessTokens {
  /** Seconds an access token lives. */
  readonly lifeSeconds: number
  issue(claims: { sub: string; sid: string; space: string; roles: string[] }): Promise<string>
  /** Public keys as a JWKS. */
  keys(): Promise<{ keys: object[] }>
}
