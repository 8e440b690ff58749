import {
  type AccessClaims,
  DomainError,
  looksLikeApiToken,
  type Principal,
  type RefusalCode,
  refuse,
  requests,
} from '@pf/contracts'
import type { Bus } from '@pf/service-kit'
import { ApiTokens } from './api-tokens.ts'
import { ForeignPrincipals } from './foreign-principals.ts'
import type { Speaker } from './from.ts'
import { TokenIssuers } from './token-issuers.ts'

/** A stream opened with an API token is opened anew as often as one with an access token. */
const apiTokenStreamSeconds = 900
/** Of whoever has no valid token, and of whom another provider let in who cannot be a user here, or not any more. */
const nobody: readonly RefusalCode[] = ['unauthenticated', 'name_unusable', 'space_moved']
/** How often the ended sessions are read. */
const pollMs = 700

/** Whose an access token is, while its session and its space last. */
export class Tokens {
  readonly #bus: Bus
  readonly #now: () => number
  readonly #apiTokens: ApiTokens
  readonly #issuers: TokenIssuers
  readonly #foreign: ForeignPrincipals
  /** Undefined until it was read once. */
  #ended: ReadonlySet<string> | undefined
  /** Spaces erased while a token of theirs may still be about. */
  #erased = new Set<string>()
  #polls = 0
  #newestPoll = 0
  #watch: NodeJS.Timeout | undefined

  constructor(bus: Bus, now: () => number) {
    this.#bus = bus
    this.#now = now
    this.#apiTokens = new ApiTokens(bus, now)
    this.#issuers = new TokenIssuers(bus, now)
    this.#foreign = new ForeignPrincipals(bus, now)
  }

  /** Sessions ended elsewhere are refused within a second. A poll that fails leaves the set as it was. */
  watchEndedSessions(onError: (error: unknown) => void): void {
    this.#watch = setInterval(() => {
      void this.#readEnded().catch(onError)
      void this.#issuers.keepFresh().catch(onError)
    }, pollMs)
    this.#watch.unref()
  }

  stop(): void {
    clearInterval(this.#watch)
  }

  isEnded({ sessionId, spaceId }: Pick<Principal, 'sessionId' | 'spaceId'>): boolean {
    return (this.#ended?.has(sessionId) ?? false) || this.#erased.has(spaceId)
  }

  /** From now on; later polls name it as well. */
  refuseSpace(spaceId: string): void {
    this.#erased.add(spaceId)
  }

  /** Of a route that is open: undefined without a valid token of a session. */
  async maybePrincipalOf(authorization: string | undefined, from?: Speaker): Promise<Principal | undefined> {
    if (authorization === undefined) return undefined
    try {
      const { expiresAt: _, ...principal } = await this.principalOf(authorization, from)
      return principal.scopes === undefined ? principal : undefined
    } catch (error) {
      if (error instanceof DomainError && nobody.includes(error.code)) return undefined
      throw error
    }
  }

  /** Throws `unauthenticated`, or `unavailable` where nothing was heard from auth yet. `expiresAt` in epoch seconds. */
  async principalOf(authorization: string | undefined, from?: Speaker): Promise<Principal & { expiresAt: number }> {
    const token = /^Bearer ([A-Za-z0-9._-]+)$/.exec(authorization ?? '')?.[1]
    if (token === undefined) {
      throw refuse('unauthenticated', 'This call needs an access token: send the header Authorization: Bearer <token>.')
    }
    const principal = looksLikeApiToken(token) ? await this.#ofApiToken(token) : await this.#ofAccessToken(token, from)
    if (this.#ended === undefined) await this.#readEnded()
    if (this.isEnded(principal)) throw refuse('unauthenticated', 'This session was ended. Sign in again.')
    return principal
  }

  async #ofAccessToken(token: string, from: Speaker | undefined): Promise<Principal & { expiresAt: number }> {
    const checked = await this.#issuers.verify(token)
    if (checked === undefined) {
      throw refuse('unauthenticated', 'The access token is not valid or has expired. Refresh it or sign in again.')
    }
    const { claims, asked } = checked
    const { exp: expiresAt = 0 } = claims
    if (asked) return { ...(await this.#foreign.of(claims, from)), expiresAt }
    const { sub: userId, space: spaceId, sid: sessionId, roles } = claims as AccessClaims
    return { userId, spaceId, sessionId, roles, expiresAt }
  }

  async #ofApiToken(token: string): Promise<Principal & { expiresAt: number }> {
    const { principal, expiresAt } = await this.#apiTokens.holderOf(token)
    const inTime = this.#now() / 1000 + apiTokenStreamSeconds
    return { ...principal, expiresAt: expiresAt === null ? inTime : Math.min(inTime, Date.parse(expiresAt) / 1000) }
  }

  /** Answers may overtake each other: an older one changes nothing. */
  async #readEnded(): Promise<void> {
    const poll = ++this.#polls
    const { sessionIds, spaceIds } = await this.#bus.call(requests.auth.endedSessions, {}, { deadlineMs: 900 })
    if (poll < this.#newestPoll) return
    this.#newestPoll = poll
    this.#ended = new Set(sessionIds)
    this.#erased = new Set(spaceIds)
  }
}
