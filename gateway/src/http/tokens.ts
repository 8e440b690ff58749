import {
  type AccessClaims,
  DomainError,
  looksLikeApiToken,
  type Principal,
  refuse,
  requests,
  tokenAudience,
  tokenIssuer,
} from '@pf/contracts'
import type { Bus } from '@pf/service-kit'
import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose'
import { ApiTokens } from './api-tokens.ts'

/** At most this often are the keys asked for again because a token names one that is not known. */
const refetchMs = 10_000
const skewSeconds = 30
/** A stream opened with an API token is opened anew as often as one with an access token. */
const apiTokenStreamSeconds = 900
/** How often the ended sessions are read. */
const pollMs = 700

/** Checks access tokens by issuer, audience, algorithm, expiry and key id; keys are cached and survive auth being away. */
export class Tokens {
  readonly #bus: Bus
  readonly #now: () => number
  readonly #apiTokens: ApiTokens
  #keys: ReturnType<typeof createLocalJWKSet> | undefined
  #fetchedAt = Number.NEGATIVE_INFINITY
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
  }

  /** Sessions ended elsewhere are refused within a second. A poll that fails leaves the set as it was. */
  watchEndedSessions(onError: (error: unknown) => void): void {
    this.#watch = setInterval(() => void this.#readEnded().catch(onError), pollMs)
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
  async maybePrincipalOf(authorization: string | undefined): Promise<Principal | undefined> {
    if (authorization === undefined) return undefined
    try {
      const { expiresAt: _, ...principal } = await this.principalOf(authorization)
      return principal.scopes === undefined ? principal : undefined
    } catch (error) {
      if (error instanceof DomainError && error.code === 'unauthenticated') return undefined
      throw error
    }
  }

  /** Throws `unauthenticated`, or `unavailable` where nothing was heard from auth yet. `expiresAt` in epoch seconds. */
  async principalOf(authorization: string | undefined): Promise<Principal & { expiresAt: number }> {
    const token = /^Bearer ([A-Za-z0-9._-]+)$/.exec(authorization ?? '')?.[1]
    if (token === undefined) {
      throw refuse('unauthenticated', 'This call needs an access token: send the header Authorization: Bearer <token>.')
    }
    const principal = looksLikeApiToken(token) ? await this.#ofApiToken(token) : await this.#ofAccessToken(token)
    if (this.#ended === undefined) await this.#readEnded()
    if (this.isEnded(principal)) throw refuse('unauthenticated', 'This session was ended. Sign in again.')
    return principal
  }

  async #ofAccessToken(token: string): Promise<Principal & { expiresAt: number }> {
    const { sub: userId, space: spaceId, sid: sessionId, roles, exp: expiresAt } = await this.#verify(token)
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

  async #verify(token: string): Promise<AccessClaims & { exp: number }> {
    for (const fresh of [false, true]) {
      const keys = await this.#keySet(fresh)
      try {
        const { payload } = await jwtVerify<AccessClaims>(token, keys, {
          issuer: tokenIssuer,
          audience: tokenAudience,
          algorithms: ['ES256'],
          typ: 'at+jwt',
          clockTolerance: skewSeconds,
          currentDate: new Date(this.#now()),
          requiredClaims: ['sub', 'exp', 'sid', 'space', 'roles'],
        })
        return { ...payload, exp: payload.exp ?? 0 }
      } catch (error) {
        if (!fresh && error instanceof errors.JWKSNoMatchingKey && this.#now() - this.#fetchedAt > refetchMs) continue
        throw refuse('unauthenticated', 'The access token is not valid or has expired. Refresh it or sign in again.')
      }
    }
    throw refuse('unauthenticated', 'The access token is signed by a key that is not known. Sign in again.')
  }

  async #keySet(fresh: boolean) {
    if (this.#keys !== undefined && !fresh) return this.#keys
    const { keys } = await this.#bus.call(requests.auth.keys, {}, {})
    this.#fetchedAt = this.#now()
    this.#keys = createLocalJWKSet({ keys } as JSONWebKeySet)
    return this.#keys
  }
}
