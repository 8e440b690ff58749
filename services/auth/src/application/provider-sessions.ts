/** A session that another provider began: what it calls it, and what goes on with it. */
export type ProviderSession = {
  sessionId: string
  userId: string
  /** The provider's own id of it. */
  sid: string
  /**
   * The provider's refresh token, sealed under ours (`held-token.ts`): by the hash of ours that opens it, the one in use and
   * the one before it (the answer that brought the newer one may be lost). Empty where a browser holds the provider's.
   */
  held: Readonly<Record<string, string>>
  expiresAt: Date
  /** `ending`: ended here, and the provider has yet to hear of it. */
  status: 'open' | 'ending' | 'ended'
}

/** Primary data beside `RefreshTokens`, of sessions with another provider. One that has ended is never open again. */
export interface ProviderSessions {
  /** Once: a session that is there stays as it is. */
  add(session: ProviderSession): Promise<void>
  find(sessionId: string): Promise<ProviderSession | undefined>
  /** The user's that are open. */
  open(userId: string): Promise<ProviderSession[]>
  /**
   * For whoever is about to renew it, and until `until` for nobody else, in this process or another: a provider that is shown
   * one token twice ends the session. `busy` while somebody has it; undefined where it is not open.
   */
  claim(sessionId: string, now: Date, until: Date): Promise<ProviderSession | 'busy' | undefined>
  /** Keeps what the renewal of an open one brought, and gives the claim back. */
  keep(sessionId: string, renewed: Pick<ProviderSession, 'held' | 'expiresAt'>): Promise<void>
  /** Gives the claim back with nothing renewed. */
  release(sessionId: string): Promise<void>
  /** An open one is `ending`, and continued by nobody. */
  end(sessionId: string): Promise<void>
  /** Those that are `ending`. */
  ending(limit: number): Promise<ProviderSession[]>
  /** The provider knows: it is `ended`, and remembered until then, for tokens that outlive it. */
  ended(sessionId: string, until: Date): Promise<void>
  deleteOf(userId: string): Promise<void>
  deleteExpired(now: Date): Promise<void>
}
