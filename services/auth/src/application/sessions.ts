import type { Client } from './client.ts'
import type { Session, SessionEnd } from './identity-provider.ts'

export type OpenSession = Session & {
  spaceId: string
  startedAt: Date
  lastSeenAt: Date
  expiresAt: Date
  /** Where it was last seen; undefined of one that began before this was kept. */
  client: Client | undefined
}

export type Seen = Session & { spaceId: string; expiresAt: Date; client: Client }

/** Sessions of whichever provider: what their owner sees of them, and what gateways refuse. */
export interface Sessions {
  /** Begins it where it is not known yet. One that has ended stays so. */
  seen(session: Seen, now: Date): Promise<void>
  /** The user's that are open, the last seen first. */
  open(userId: string, now: Date): Promise<OpenSession[]>
  /** Whether it was open until now. */
  end(sessionId: string, reason: SessionEnd, now: Date): Promise<boolean>
  endedSince(instant: Date): Promise<string[]>
  /** Those that nobody ended and that cannot go on, the longest over first. */
  expired(now: Date, limit: number): Promise<(Session & { spaceId: string })[]>
  /** Deletes every one of the user, and their bytes. */
  deleteOf(userId: string): Promise<void>
  deleteEnded(before: Date): Promise<void>
}
