import { DomainError } from '@pf/contracts'
import type { BankFeed } from './bank-feed.ts'
import { openGoCardless, type TokenCache, type TokenSet } from './gocardless/index.ts'

/** One configured source of bank data. `demo`: the sandbox, whose `Date` is believed and whose accounts carry a mark. */
export type ProviderInstance = {
  id: string
  kind: 'gocardless'
  baseUrl: string
  secretId: string
  secretKey: string
  demo: boolean
}

export type ProviderSettings = {
  sandbox: 'on' | 'off'
  sandboxUrl: string
  gocardlessBaseUrl: string
  gocardlessSecretId?: string | undefined
  gocardlessSecretKey?: string | undefined
}

/** Which instances the configuration sets up: `sandbox` unless it is off, `gocardless` where its keys are there. */
export function providerInstances(settings: ProviderSettings): ProviderInstance[] {
  const { gocardlessSecretId: secretId, gocardlessSecretKey: secretKey } = settings
  const instances: ProviderInstance[] = []
  if (settings.sandbox === 'on') {
    const keys = { secretId: 'sandbox', secretKey: 'sandbox' }
    instances.push({ id: 'sandbox', kind: 'gocardless', baseUrl: settings.sandboxUrl, ...keys, demo: true })
  }
  if (secretId !== undefined && secretKey !== undefined) {
    const keys = { secretId, secretKey }
    instances.push({ id: 'gocardless', kind: 'gocardless', baseUrl: settings.gocardlessBaseUrl, ...keys, demo: false })
  }
  return instances
}

export type ProviderDeps = {
  clock: { now(): Date }
  /** Where tokens are kept between starts, sealed. */
  secrets: {
    read(name: string): Promise<Uint8Array | undefined>
    write(name: string, plain: Uint8Array): Promise<void>
  }
  fetch?: typeof fetch
}

export interface Providers {
  list(): readonly Pick<ProviderInstance, 'id' | 'kind' | 'demo'>[]
  /** Undefined where no such instance is set up (any more). */
  find(id: string): BankFeed | undefined
  isDemo(id: string): boolean
  /**
   * The instance's time, an instant as `Date.toISOString()` prints it: the wall's, for the demo moved by its offset, which
   * is asked for again (behind the answer) when it is older than `offsetMaxAgeMs`. It waits for a bank the first time
   * alone; one that does not answer keeps its last known offset. Throws DomainError `provider_unavailable` where the demo
   * has never answered: its day may be months from the wall's, and consents would end and syncs start by the wrong one.
   */
  now(id: string): Promise<string>
  /** As `now`, but the demo is asked at once and waited for. */
  askNow(id: string): Promise<string>
  /** The demo's clock was moved: ask it next time. */
  forgetOffsets(): void
}

/** How old the sandbox's offset may be before it is asked for again. */
export const offsetMaxAgeMs = 10_000

export function openProviders(instances: readonly ProviderInstance[], deps: ProviderDeps): Providers {
  const opened = new Map(instances.map((instance) => [instance.id, { instance, feed: open(instance, deps) }]))
  const clocks = new Map<string, ProviderClock>()
  for (const { instance, feed } of opened.values()) {
    if (instance.demo) clocks.set(instance.id, new ProviderClock(feed, deps.clock))
  }
  return {
    list: () => instances.map(({ id, kind, demo }) => ({ id, kind, demo })),
    find: (id) => opened.get(id)?.feed,
    isDemo: (id) => opened.get(id)?.instance.demo ?? id === 'sandbox',
    now: async (id) => (await clocks.get(id)?.now()) ?? deps.clock.now().toISOString(),
    askNow: async (id) => (await clocks.get(id)?.askNow()) ?? deps.clock.now().toISOString(),
    forgetOffsets() {
      for (const clock of clocks.values()) clock.forget()
    },
  }
}

function open(instance: ProviderInstance, { clock, secrets, fetch }: ProviderDeps): BankFeed {
  const { id, baseUrl, secretId, secretKey, demo } = instance
  const tokens = keptTokens(`provider/${id}/tokens`, secrets)
  const over = fetch === undefined ? {} : { fetch }
  return openGoCardless({ id, baseUrl, secretId, secretKey, believeDate: demo, clock, tokens, ...over })
}

function keptTokens(name: string, secrets: ProviderDeps['secrets']): TokenCache {
  return {
    async read() {
      const plain = await secrets.read(name)
      // Written by `write` alone and sealed since.
      return plain === undefined ? undefined : (JSON.parse(new TextDecoder().decode(plain)) as TokenSet)
    },
    write: (tokens) => secrets.write(name, new TextEncoder().encode(JSON.stringify(tokens))),
  }
}

/** Wall clock + the offset of a provider whose `Date` is believed; one question at a time. */
class ProviderClock {
  readonly #feed: BankFeed
  readonly #wall: { now(): Date }
  /** Undefined until it has answered once. */
  #offsetMs: number | undefined
  #askedAtMs = Number.NEGATIVE_INFINITY
  #asking: Promise<void> | undefined
  #trouble: unknown

  constructor(feed: BankFeed, wall: { now(): Date }) {
    this.#feed = feed
    this.#wall = wall
  }

  async now(): Promise<string> {
    const age = this.#wall.now().getTime() - this.#askedAtMs
    if (this.#offsetMs === undefined || this.#askedAtMs === Number.NEGATIVE_INFINITY) await this.#ask()
    else if (age >= offsetMaxAgeMs || age < 0) void this.#ask()
    return this.#known()
  }

  async askNow(): Promise<string> {
    await this.#ask()
    return this.#known()
  }

  /** An answer under way may be from before the clock was moved: it is not waited for, nor believed. */
  forget(): void {
    this.#askedAtMs = Number.NEGATIVE_INFINITY
    this.#asking = undefined
  }

  #known(): string {
    if (this.#offsetMs === undefined) {
      throw new DomainError(
        'provider_unavailable',
        `The provider "${this.#feed.id}" has not answered since this service started, so that its day is not known. Try again when it does.`,
        { retryAfterSeconds: 5, cause: this.#trouble },
      )
    }
    return new Date(this.#wall.now().getTime() + this.#offsetMs).toISOString()
  }

  #ask(): Promise<void> {
    if (this.#asking !== undefined) return this.#asking
    const asking = this.#offsetNow().then((offsetMs) => {
      if (this.#asking !== asking) return
      this.#asking = undefined
      if (offsetMs !== undefined) this.#offsetMs = offsetMs
      this.#askedAtMs = this.#wall.now().getTime()
    })
    this.#asking = asking
    return asking
  }

  async #offsetNow(): Promise<number | undefined> {
    try {
      const theirs = Date.parse(await this.#feed.now())
      return theirs - this.#wall.now().getTime()
    } catch (error) {
      // It does not answer: what was known of its clock holds until it does. Its calls tell of the trouble.
      this.#trouble = error
      return undefined
    }
  }
}
