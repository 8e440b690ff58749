import { ProviderError } from '../provider-error.ts'

/** One set serves all calls of a secret pair. Instants are the provider's, UTC. */
export interface TokenSet {
  access: string
  accessExpiresAt: string
  refresh: string
  refreshExpiresAt: string
}

/** What all processes that use one secret pair know together. */
export interface KeptTokens {
  set?: TokenSet
  /** When `token/new` was asked within the last hour: it is limited for the whole company. */
  asked: string[]
  /** The secrets were refused so many times in a row, and are not tried again before `until`. */
  refused?: { times: number; until: string }
}

/** Where the set outlives the process, kept encrypted and shared with other processes. */
export interface TokenCache {
  read(): Promise<KeptTokens | undefined>
  write(kept: KeptTokens): Promise<void>
  /** Runs alone among all processes: a set is renewed by one of them. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
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

const HOUR_MS = 3_600_000
const RENEW_BEFORE_MS = HOUR_MS

/** Far below the 100 an hour that the company has: a set lives for a month, and two or three serve any trouble. */
export const MAX_NEW_PER_HOUR = 12

/** Refused secrets are tried again after a minute, then after two, four …, an hour at most. */
const REFUSED_FOR_MS = 60_000

/** Keeps one token set: renewed when less than an hour is left, by one call at a time over all processes (§1.3). */
export function keepTokens(options: { cache: TokenCache; endpoint: TokenEndpoint; now(): Date }): Tokens {
  const { cache, endpoint, now } = options
  let current: TokenSet | undefined
  let renewal: Promise<TokenSet> | undefined

  const nowMs = () => now().getTime()
  const lives = (expiresAt: string) => Date.parse(expiresAt) - nowMs() > RENEW_BEFORE_MS
  const after = (ms: number) => new Date(nowMs() + ms).toISOString()
  const isUsable = (set: TokenSet | undefined, rejected: string | undefined): set is TokenSet =>
    set !== undefined && set.access !== rejected && lives(set.accessExpiresAt)

  async function replace(rejected: string | undefined): Promise<TokenSet> {
    // Another process may have renewed it meanwhile: then nobody has to wait.
    const known = await cache.read()
    if (isUsable(known?.set, rejected)) return known.set
    return cache.exclusively(async () => {
      const kept = (await cache.read()) ?? { asked: [] }
      if (isUsable(kept.set, rejected)) return kept.set
      return (await refreshed(kept)) ?? (await created(kept))
    })
  }

  async function refreshed(kept: KeptTokens): Promise<TokenSet | undefined> {
    const { set } = kept
    if (set === undefined || !lives(set.refreshExpiresAt)) return undefined
    try {
      const { access, accessSeconds } = await endpoint.refresh(set.refresh)
      const renewed = { ...set, access, accessExpiresAt: after(accessSeconds * 1000) }
      await cache.write({ ...kept, set: renewed })
      return renewed
    } catch (error) {
      if (error instanceof ProviderError && error.status === 401) return undefined
      throw error
    }
  }

  async function created(kept: KeptTokens): Promise<TokenSet> {
    const asked = kept.asked.filter((at) => Math.abs(nowMs() - Date.parse(at)) < HOUR_MS)
    holdBack(kept.refused, asked)
    const counted = { asked: [...asked, now().toISOString()] }
    // Noted before it is asked: a process that dies meanwhile has asked as well.
    await cache.write({ ...kept, ...counted })
    try {
      const { access, accessSeconds, refresh, refreshSeconds } = await endpoint.create()
      const [accessExpiresAt, refreshExpiresAt] = [after(accessSeconds * 1000), after(refreshSeconds * 1000)]
      const set = { access, accessExpiresAt, refresh, refreshExpiresAt }
      await cache.write({ ...counted, set })
      return set
    } catch (error) {
      if (error instanceof ProviderError && error.status === 401) {
        const times = (kept.refused?.times ?? 0) + 1
        const until = after(Math.min(HOUR_MS, REFUSED_FOR_MS * 2 ** Math.min(times - 1, 10)))
        await cache.write({ ...counted, refused: { times, until } })
      }
      throw error
    }
  }

  /** Throws ProviderError instead of asking `token/new` once more. */
  function holdBack(refused: KeptTokens['refused'], asked: readonly string[]): void {
    const wait = (untilMs: number) => Math.max(1, Math.ceil((untilMs - nowMs()) / 1000))
    const local = { counted: false, spent: false } as const
    const heldMs = refused === undefined ? 0 : Date.parse(refused.until) - nowMs()
    // Longer than an hour it can only be where a demo's clock was moved back.
    if (refused !== undefined && heldMs > 0 && heldMs <= HOUR_MS) {
      const seconds = wait(Date.parse(refused.until))
      throw new ProviderError({
        ...{ code: 'credentials_refused', action: 'stop_and_tell_operator', ...local },
        ...{ status: 401, retryAfterSeconds: seconds },
      })
    }
    const [oldest] = asked
    if (oldest !== undefined && asked.length >= MAX_NEW_PER_HOUR) {
      const seconds = wait(Date.parse(oldest) + HOUR_MS)
      throw new ProviderError({
        code: 'rate_limited',
        action: 'wait_until_reset',
        ...local,
        retryAfterSeconds: seconds,
      })
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
