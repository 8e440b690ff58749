import { type Principal, type Rest, refuse, type UserEvent } from '@pf/contracts'
import type { Clock, CommandHandler } from '@pf/eventing'
import type { User, UserCommand } from '../domain/user.ts'
import { deviceOf } from '../domain/user-agent.ts'
import type { Audit } from './audit.ts'
import type { Client } from './client.ts'
import type { IdentityProvider, Met, Session, SessionEnd } from './identity-provider.ts'
import type { Accounts, Credentials } from './ports.ts'
import type { Sessions } from './sessions.ts'

export type UserSessionsParts = {
  users: CommandHandler<User, UserCommand, UserEvent>
  provider: IdentityProvider
  accounts: Accounts
  sessions: Sessions
  audit: Audit
  clock: Clock
}

/** What the trail calls the end of a session; one that ran out is nothing that anybody did. */
const actions = {
  logout: 'signed_out',
  reused: 'refresh_reused',
  revoked: 'session_revoked',
  expired: undefined,
} as const
const expiredAtATime = 100

/** A user's sessions, whoever issues their tokens: each is listed, ended once, and told to the gateways. */
export class UserSessions {
  readonly #parts: UserSessionsParts

  constructor(parts: UserSessionsParts) {
    this.#parts = parts
  }

  async begin(account: Credentials, met: Met, client: Client): Promise<void> {
    const { audit, clock, users } = this.#parts
    const { userId, spaceId } = account
    const { sessionId } = met
    await this.goesOn(account, met, client)
    await users.handle(
      { spaceId, aggregateId: userId },
      { type: 'StartSession', userId, sessionId, startedAt: clock.now().toISOString() },
      { commandId: `start-${sessionId}` },
    )
    await audit.record({ action: 'signed_in', user: account, sessionId, client })
  }

  async isOpen({ userId }: Credentials, { sessionId }: Met): Promise<boolean> {
    const open = await this.#parts.sessions.open(userId, this.#parts.clock.now())
    return open.some((session) => session.sessionId === sessionId)
  }

  async goesOn({ userId, spaceId }: Credentials, { sessionId, endsInSeconds }: Met, client: Client): Promise<void> {
    const now = this.#parts.clock.now()
    const expiresAt = new Date(now.getTime() + endsInSeconds * 1000)
    await this.#parts.sessions.seen({ sessionId, userId, spaceId, expiresAt, client }, now)
  }

  /** The gateways hear of it first, so that nothing that fails later keeps a token good. Idempotent. */
  async end(session: Session, reason: SessionEnd, client?: Client): Promise<void> {
    const { accounts, audit, clock, provider, sessions, users } = this.#parts
    const { sessionId, userId } = session
    const now = clock.now()
    const ended = await sessions.end(sessionId, reason, now)
    await provider.endSession(session, reason)
    const account = await accounts.byId(userId)
    if (account === undefined) return
    await users.handle(
      { spaceId: account.spaceId, aggregateId: userId },
      { type: 'EndSession', userId, sessionId, reason, endedAt: now.toISOString() },
      { commandId: `end-${sessionId}` },
    )
    const action = actions[reason]
    if (ended && action !== undefined) await audit.record({ action, user: account, sessionId, client })
  }

  /** Every session of the user but one. */
  async endOthers(account: Credentials, except: string, client: Client): Promise<void> {
    const { clock, provider, sessions } = this.#parts
    await provider.endSessions(account, 'revoked', except)
    for (const session of await sessions.open(account.userId, clock.now()))
      if (session.sessionId !== except) await this.end(session, 'revoked', client)
  }

  async list({ userId, sessionId: current }: Principal): Promise<{ items: Rest.Session[] }> {
    const open = await this.#parts.sessions.open(userId, this.#parts.clock.now())
    return {
      items: open.map(({ sessionId, startedAt, lastSeenAt, expiresAt, client }) => ({
        id: sessionId,
        started_at: startedAt.toISOString(),
        last_seen_at: lastSeenAt.toISOString(),
        expires_at: expiresAt.toISOString(),
        address: client?.address ?? null,
        device: client === undefined ? null : deviceOf(client.userAgent),
        current: sessionId === current,
      })),
    }
  }

  /** Throws session_not_found. */
  async revoke({ userId }: Principal, sessionId: string, client: Client): Promise<object> {
    const open = await this.#parts.sessions.open(userId, this.#parts.clock.now())
    const session = open.find((one) => one.sessionId === sessionId)
    if (session === undefined) {
      throw refuse('session_not_found', 'You have no open session of this id. GET /auth/sessions lists those you have.')
    }
    await this.end(session, 'revoked', client)
    return {}
  }

  endedSince(instant: Date): Promise<string[]> {
    return this.#parts.sessions.endedSince(instant)
  }

  /** Those that nobody refreshed in time have ended by themselves: their owner's history says so. */
  async endExpired(): Promise<void> {
    const { clock, sessions } = this.#parts
    for (;;) {
      const expired = await sessions.expired(clock.now(), expiredAtATime)
      for (const session of expired) await this.end(session, 'expired')
      if (expired.length < expiredAtATime) return
    }
  }
}
