import { ProviderError } from '../provider-error.ts'

/** One set serves all calls of a secret pair. Instants are the provider's, UTC. */
export interface TokenSet {
  access: string
  accessExpiresAt: string
  refresh: string
  refreshExpiresAt: string
}

/** Where the set outlives the process; kept encrypted. */
export interface TokenCache {
  read(): Promise<TokenSet | undefined>
  write(tokens: TokenSet): Promise<void>
}

/** `token/new` and `token/refresh`, given with lives in seconds. */
export interface TokenEndpoint {
  create(): Promise<{ access: string; accessSeconds: number; refresh: string; refreshSeconds: number }>
  /** The old refresh token stays in use (§1.2). */
  refresh(refresh: string): Promise<{ access: string; accessSeconds: number }>
}

export interface Tokens {
  /** A token that lives for at least an hour. */
  access(): Promise<string>
  /** A token other than `rejected`, which the provider did not take. */
  renew(rejected: string): Promise<string>
}

const RENEW_BEFORE_MS = 60 * 60 * 1000

/** `token/new` is limited to 100 an hour for the whole company: refused secrets are not tried again at once. */
const REFUSED_FOR_MS = 60 * 1000

/** Keeps one token set: renewed when less than an hour is left, by one call at a time, whoever asks (§1.3). */
export function keepTokens(options: { cache: TokenCache; endpoint: TokenEndpoint; now(): Date }): Tokens {
  const { cache, endpoint, now } = options
  let current: TokenSet | undefined
  let renewal: Promise<TokenSet> | undefined
  let refusal: { error: unknown; until: number } | undefined

  const lives = (expiresAt: string) => Date.parse(expiresAt) - now().getTime() > RENEW_BEFORE_MS
  const fromNow = (seconds: number) => new Date(now().getTime() + seconds * 1000).toISOString()

  async function replace(rejected: string | undefined): Promise<TokenSet> {
    // Another process may have renewed it meanwhile.
    const kept = await cache.read()
    if (kept !== undefined && kept.access !== rejected && lives(kept.accessExpiresAt)) return kept
    if (refusal !== undefined && now().getTime() < refusal.until) throw refusal.error
    const renewed = (await refreshed(kept)) ?? (await created())
    await cache.write(renewed)
    return renewed
  }

  async function refreshed(kept: TokenSet | undefined): Promise<TokenSet | undefined> {
    if (kept === undefined || !lives(kept.refreshExpiresAt)) return undefined
    try {
      const { access, accessSeconds } = await endpoint.refresh(kept.refresh)
      return { ...kept, access, accessExpiresAt: fromNow(accessSeconds) }
    } catch (error) {
      if (error instanceof ProviderError && error.status === 401) return undefined
      throw error
    }
  }

  async function created(): Promise<TokenSet> {
    try {
      const { access, accessSeconds, refresh, refreshSeconds } = await endpoint.create()
      refusal = undefined
      return { access, accessExpiresAt: fromNow(accessSeconds), refresh, refreshExpiresAt: fromNow(refreshSeconds) }
    } catch (error) {
      if (error instanceof ProviderError && error.status === 401)
        refusal = { error, until: now().getTime() + REFUSED_FOR_MS }
      throw error
    }
  }

  async function renewOnce(rejected: string | undefined): Promise<string> {
    renewal ??= replace(rejected).finally(() => {
      renewal = undefined
    })
    current = await renewal
    return current.access
  }

  return {
    async access() {
      return current !== undefined && lives(current.accessExpiresAt) ? current.access : renewOnce(undefined)
    },
    async renew(rejected) {
      if (current !== undefined && current.access !== rejected) return current.access
      const renewed = await renewOnce(rejected)
      // A renewal that was under way already may have known nothing of the rejection.
      return renewed === rejected ? renewOnce(rejected) : renewed
    },
  }
}
