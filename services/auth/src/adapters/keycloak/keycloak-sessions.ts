import { refuse } from '@pf/contracts'
import { type Clock, derivedUuid, sha256 } from '@pf/eventing'
import type { Random } from '@pf/vault'
import type { Granted, Person, Refreshed, Session, SessionEnd } from '../../application/identity-provider.ts'
import type { RefreshTokens } from '../../application/ports.ts'
import type { ProviderSession, ProviderSessions } from '../../application/provider-sessions.ts'
import { judge } from '../../domain/refresh-rotation.ts'
import { openHeld, sealHeld } from './held-token.ts'
import type { KeycloakAdmin } from './keycloak-admin.ts'
import { isAway } from './keycloak-http.ts'
import { sessionLifeSeconds } from './keycloak-settings.ts'
import type { Issued, KeycloakTokens } from './keycloak-tokens.ts'

export type KeycloakSessionsParts = {
  issuer: string
  admin: KeycloakAdmin
  tokens: KeycloakTokens
  refreshTokens: RefreshTokens
  sessions: ProviderSessions
  clock: Clock
  random: Random
  wait(ms: number): Promise<void>
}

/** Longer than Keycloak may take to answer; who dies while renewing keeps the others waiting for no more than this. */
const claimMs = 10_000
const claimAttempts = 200
const claimPauseMs = 50
/** An access token lives 15 minutes after its session has ended, and then some by clocks that differ. */
const outlivedMs = 3_600_000
const toldAtATime = 100

/**
 * Sessions of Keycloak as ours: those of `POST /auth/login` continue by refresh tokens of ours, each standing for Keycloak's,
 * which never leaves us (Keycloak ends a session whose old token is shown again, also where only an answer was lost); those of
 * its own pages by its own, in the browser.
 */
export class KeycloakSessions {
  readonly #parts: KeycloakSessionsParts

  constructor(parts: KeycloakSessionsParts) {
    this.#parts = parts
  }

  /** Of a log-in by name and password, with a refresh token of ours. */
  async begin(issued: Issued, userId: string): Promise<Granted> {
    const { clock, refreshTokens, sessions } = this.#parts
    const ownToken = this.#secret()
    const { sid } = issued
    const sessionId = this.#idOf(sid)
    const expiresAt = this.#expiryOf(issued)
    await sessions.add({ sessionId, userId, sid, held: this.#held(issued, [ownToken]), expiresAt, status: 'open' })
    await refreshTokens.add({ hash: sha256(ownToken), sessionId, userId, issuedAt: clock.now(), expiresAt })
    return granted(issued, sessionId, ownToken)
  }

  /** As a token of it says that it is; begun at Keycloak's pages where it is not known yet. Throws unauthenticated. */
  async meet(sid: string, userId: string): Promise<{ sessionId: string; endsInSeconds: number }> {
    const { clock, sessions } = this.#parts
    const nowMs = clock.now().getTime()
    const sessionId = this.#idOf(sid)
    const expiresAt = new Date(nowMs + sessionLifeSeconds * 1000)
    await sessions.add({ sessionId, userId, sid, held: {}, expiresAt, status: 'open' })
    const session = await sessions.find(sessionId)
    if (session?.status !== 'open') throw over('unauthenticated')
    return { sessionId, endsInSeconds: Math.floor((session.expiresAt.getTime() - nowMs) / 1000) }
  }

  async refresh(refreshToken: string): Promise<Refreshed> {
    const { clock, refreshTokens, sessions, wait } = this.#parts
    for (let attempt = 0; attempt < claimAttempts; attempt++) {
      const token = await refreshTokens.find(sha256(refreshToken))
      const now = clock.now()
      const verdict = judge(token, now.getTime())
      if (token === undefined || verdict === 'invalid') throw over()
      const { sessionId, userId } = token
      if (verdict === 'reused') return { reused: { sessionId, userId } }
      const claimed = await sessions.claim(sessionId, now, new Date(now.getTime() + claimMs))
      if (claimed === undefined) return { over: { sessionId, userId } }
      if (claimed === 'busy') {
        await wait(claimPauseMs)
        continue
      }
      const successor = this.#secret()
      const issued = await this.#renewed(claimed, refreshToken, successor)
      if (issued === undefined) return { over: { sessionId, userId } }
      const expiresAt = this.#expiryOf(issued)
      if (await refreshTokens.rotate(token, { hash: sha256(successor), expiresAt }, now))
        return { granted: granted(issued, sessionId, successor) }
    }
    throw refuse('conflict', 'This session is being refreshed from many places at once. Try again.')
  }

  /** Here first: from then on no gateway lets it in, whether Keycloak answers or not. Where it does not, `finish` tells it. */
  async end({ sessionId }: Session, reason: SessionEnd): Promise<void> {
    const { clock, refreshTokens, sessions } = this.#parts
    await refreshTokens.endSession(sessionId, reason, clock.now())
    await sessions.end(sessionId)
    const session = await sessions.find(sessionId)
    if (session?.status !== 'ending') return
    try {
      await this.#tell(session)
    } catch (error) {
      if (!isAway(error)) throw error
    }
  }

  async endAll({ userId }: Pick<Person, 'userId'>, reason: SessionEnd, except?: string): Promise<void> {
    for (const session of await this.#parts.sessions.open(userId))
      if (session.sessionId !== except) await this.end(session, reason)
  }

  /** Tells Keycloak what it missed. Throws where it is still away. */
  async finish(): Promise<void> {
    const { sessions } = this.#parts
    for (;;) {
      const ending = await sessions.ending(toldAtATime)
      for (const session of ending) await this.#tell(session)
      if (ending.length < toldAtATime) return
    }
  }

  /**
   * Keycloak says that these have ended there; answers those that were open here. A session that nobody here knows yet is
   * remembered, so that a token which outlives it begins none. Without `sid` all of the user are meant.
   */
  async loggedOut(userId: string, sid: string | undefined): Promise<Session[]> {
    const { clock, sessions } = this.#parts
    const until = new Date(clock.now().getTime() + outlivedMs)
    if (sid !== undefined) {
      const sessionId = this.#idOf(sid)
      await sessions.add({ sessionId, userId, sid, held: {}, expiresAt: until, status: 'ended' })
    }
    const open = sid === undefined ? await sessions.open(userId) : [await sessions.find(this.#idOf(sid))]
    const meant = open.filter((session) => session !== undefined)
    for (const { sessionId } of meant) await sessions.ended(sessionId, until)
    return meant.filter(({ status }) => status === 'open')
  }

  /** None of the person's is continued any more, whether Keycloak answers or not; it is told by whoever asks for this. */
  async stop({ userId }: Pick<Person, 'userId'>): Promise<void> {
    const { clock, refreshTokens, sessions } = this.#parts
    await refreshTokens.endAll(userId, 'revoked', clock.now())
    for (const { sessionId } of await sessions.open(userId)) await sessions.end(sessionId)
  }

  async #tell({ sessionId, sid }: ProviderSession): Promise<void> {
    const { admin, clock, sessions } = this.#parts
    await admin.endSession(sid)
    await sessions.ended(sessionId, new Date(clock.now().getTime() + outlivedMs))
  }

  /** Asks Keycloak, and keeps its answer under both our tokens before anything else can fail; undefined where it is over. */
  async #renewed(session: ProviderSession, ownToken: string, successor: string): Promise<Issued | undefined> {
    const { sessions, tokens } = this.#parts
    const { sessionId } = session
    let kept = false
    try {
      const sealed = session.held[sha256(ownToken)]
      const issued = sealed === undefined ? undefined : await tokens.byRefreshToken(openHeld(sealed, ownToken))
      if (issued === undefined) return undefined
      const held = this.#held(issued, [ownToken, successor])
      await sessions.keep(sessionId, { held, expiresAt: this.#expiryOf(issued) })
      kept = true
      return issued
    } finally {
      if (!kept) await sessions.release(sessionId)
    }
  }

  #held({ refreshToken }: Issued, ownTokens: string[]): ProviderSession['held'] {
    const { random } = this.#parts
    return Object.fromEntries(ownTokens.map((own) => [sha256(own), sealHeld(refreshToken, own, random)]))
  }

  #expiryOf = ({ refreshExpiresInSeconds }: Issued): Date =>
    new Date(this.#parts.clock.now().getTime() + refreshExpiresInSeconds * 1000)
  #secret = (): string => Buffer.from(this.#parts.random.bytes(32)).toString('base64url')
  /** The same from any process, so that a session is never two. */
  #idOf = (sid: string): string => derivedUuid('session', this.#parts.issuer, sid)
}

function granted(issued: Issued, sessionId: string, ownToken: string): Granted {
  const { issuer, subject, accessToken, expiresInSeconds, refreshExpiresInSeconds } = issued
  return {
    issuer,
    subject,
    sessionId,
    endsInSeconds: refreshExpiresInSeconds,
    tokens: {
      access_token: accessToken,
      expires_in: expiresInSeconds,
      refresh_token: ownToken,
      refresh_expires_in: refreshExpiresInSeconds,
    },
  }
}

export const over = (code: 'refresh_invalid' | 'unauthenticated' = 'refresh_invalid') =>
  refuse(code, 'This session has ended or is not known. Sign in again.')
