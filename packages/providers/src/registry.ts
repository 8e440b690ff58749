import type { BankFeed, ProviderKind } from './bank-feed.ts'
import { openProviderInstance, type ProviderSecrets } from './open-instance.ts'
import { offsetMaxAgeMs, ProviderClock } from './provider-clock.ts'
import {
  digestOf,
  fromFile,
  type KeySource,
  KeysInvalid,
  keysOf,
  madeKeys,
  type ProviderKeys,
  plainOf,
} from './provider-keys.ts'

export { offsetMaxAgeMs }

/** One source of bank data that this installation knows. `demo`: the sandbox, whose `Date` is believed and whose accounts carry a mark. */
export type ProviderInstance = {
  id: string
  kind: ProviderKind
  baseUrl: string
  demo: boolean
  /** Undefined where only the vault may have its keys, which win in any case. */
  keys?: KeySource | undefined
}

export type ProviderSettings = {
  sandbox: 'on' | 'off'
  /** The demo bank's Enable Banking protocol as a provider of its own. */
  sandboxEnableBanking: 'on' | 'off'
  sandboxUrl: string
  gocardlessBaseUrl: string
  gocardlessSecretId?: string | undefined
  gocardlessSecretKey?: string | undefined
  enableBankingBaseUrl: string
  enableBankingApplicationId?: string | undefined
  enableBankingKeyFile?: string | undefined
}

/** The instances of a configuration: the demo's unless it is off, and the two real ones, set up once they have keys. */
export function providerInstances(settings: ProviderSettings): ProviderInstance[] {
  const { sandboxUrl, gocardlessSecretId: secretId, gocardlessSecretKey: secretKey } = settings
  const { enableBankingApplicationId: applicationId, enableBankingKeyFile: keyFile } = settings
  const instances: ProviderInstance[] = []
  if (settings.sandbox === 'on') {
    const keys: KeySource = { kind: 'gocardless', secretId: 'sandbox', secretKey: 'sandbox' }
    instances.push({ id: 'sandbox', kind: 'gocardless', baseUrl: sandboxUrl, demo: true, keys })
    if (settings.sandboxEnableBanking === 'on') {
      const baseUrl = `${sandboxUrl}/enable-banking`
      instances.push({ id: 'sandbox-eb', kind: 'enable-banking', baseUrl, demo: true, keys: 'made' })
    }
  }
  instances.push({
    id: 'gocardless',
    kind: 'gocardless',
    baseUrl: settings.gocardlessBaseUrl,
    demo: false,
    keys: secretId && secretKey ? { kind: 'gocardless', secretId, secretKey } : undefined,
  })
  instances.push({
    id: 'enable-banking',
    kind: 'enable-banking',
    baseUrl: settings.enableBankingBaseUrl,
    demo: false,
    keys: applicationId && keyFile ? { kind: 'enable-banking', applicationId, keyFile } : undefined,
  })
  return instances
}

export type ProviderDeps = {
  clock: { now(): Date }
  /** Where keys, tokens and the handles of links are kept, sealed, for all processes. */
  secrets: ProviderSecrets
  fetch?: typeof fetch
}

export type ProviderView = Pick<ProviderInstance, 'id' | 'kind' | 'demo'>

export interface Providers {
  /** Those that are set up, as far as this process knows. */
  list(): readonly ProviderView[]
  /** All that this installation knows. `problem`: why configured keys cannot be used. */
  all(): Promise<readonly (ProviderView & { configured: boolean; problem?: string })[]>
  /**
   * Undefined where no such instance is set up (any more). Keys that were put by another process are seen within ten
   * seconds; `lookup` sees them at once.
   */
  find(id: string): BankFeed | undefined
  lookup(id: string): Promise<BankFeed | undefined>
  /**
   * Keeps an operator's keys in the vault, where they win over the configuration's, and uses them from now on. Undefined
   * where there is no such instance. Throws KeysInvalid.
   */
  putKeys(id: string, keys: unknown): Promise<(ProviderView & { configured: boolean }) | undefined>
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

/** How old this process' knowledge of the vault's keys may be. */
const keysMaxAgeMs = 10_000

export function openProviders(instances: readonly ProviderInstance[], deps: ProviderDeps): Providers {
  const slots = new Map(instances.map((instance) => [instance.id, new Slot(instance, deps)]))
  const demoOf = (id: string) => slots.get(id)?.instance.demo ?? id.startsWith('sandbox')
  const clockOf = async (id: string) => (await slots.get(id)?.current())?.clock
  return {
    list: () => [...slots.values()].flatMap((slot) => (slot.known() === undefined ? [] : [slot.view()])),
    all: () =>
      Promise.all(
        [...slots.values()].map(async (slot) => {
          const configured = (await slot.look()) !== undefined
          return { ...slot.view(), configured, ...(slot.problem === undefined ? {} : { problem: slot.problem }) }
        }),
      ),
    find: (id) => slots.get(id)?.known()?.feed,
    lookup: async (id) => (await slots.get(id)?.look())?.feed,
    async putKeys(id, said) {
      const slot = slots.get(id)
      if (slot === undefined) return undefined
      const configured = await slot.put(keysOf(slot.instance.kind, said))
      return { ...slot.view(), configured }
    },
    isDemo: demoOf,
    now: async (id) => (await (await clockOf(id))?.now()) ?? deps.clock.now().toISOString(),
    askNow: async (id) => (await (await clockOf(id))?.askNow()) ?? deps.clock.now().toISOString(),
    forgetOffsets() {
      for (const slot of slots.values()) slot.known()?.clock?.forget()
    },
  }
}

type Opened = { feed: BankFeed; clock: ProviderClock | undefined; digest: string }

/** One instance with the keys that hold now: the vault's, else the configuration's. */
class Slot {
  readonly instance: ProviderInstance
  readonly #deps: ProviderDeps
  #opened: Opened | undefined
  #problem: string | undefined
  #lookedAtMs = Number.NEGATIVE_INFINITY
  #looking: Promise<Opened | undefined> | undefined

  constructor(instance: ProviderInstance, deps: ProviderDeps) {
    this.instance = instance
    this.#deps = deps
    const { keys } = instance
    // Keys of the configuration serve from the start; the vault is asked behind it.
    if (keys !== undefined && keys !== 'made' && !('keyFile' in keys)) this.#use(keys)
    // The first find comes when services have long started; a vault that does not answer then is asked again.
    this.#lookBehind()
  }

  get problem(): string | undefined {
    return this.#problem
  }

  view(): ProviderView {
    const { id, kind, demo } = this.instance
    return { id, kind, demo }
  }

  /** As known; the vault is asked behind the answer where that is old. */
  known(): Opened | undefined {
    if (this.#age() >= keysMaxAgeMs) this.#lookBehind()
    return this.#opened
  }

  /** Waits for the vault only where nothing is known. */
  current(): Promise<Opened | undefined> | Opened {
    return this.known() ?? this.#looking ?? Promise.resolve(undefined)
  }

  look(): Promise<Opened | undefined> {
    this.#looking ??= this.#load().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async put(keys: ProviderKeys): Promise<boolean> {
    await this.#deps.secrets.write(this.#name, plainOf(keys))
    // A look that began before it may not have seen them.
    await this.#looking?.catch(() => undefined)
    return (await this.look()) !== undefined
  }

  get #name(): string {
    return `provider/${this.instance.id}/keys`
  }

  #age(): number {
    const age = this.#deps.clock.now().getTime() - this.#lookedAtMs
    return age < 0 ? Number.POSITIVE_INFINITY : age
  }

  #lookBehind(): void {
    // A vault in trouble is told by those who wait for it; what was known holds.
    this.look().catch(() => undefined)
  }

  async #load(): Promise<Opened | undefined> {
    this.#lookedAtMs = this.#deps.clock.now().getTime()
    const kept = await this.#deps.secrets.read(this.#name)
    try {
      const keys = kept === undefined ? await this.#configured() : this.#parsed(kept)
      this.#problem = undefined
      if (keys === undefined) this.#opened = undefined
      else this.#use(keys)
    } catch (error) {
      if (!(error instanceof KeysInvalid)) throw error
      this.#problem = error.detail
      this.#opened = undefined
    }
    return this.#opened
  }

  #parsed(kept: Uint8Array): ProviderKeys {
    // Written by `put` (or made below) alone and sealed since.
    return keysOf(this.instance.kind, JSON.parse(new TextDecoder().decode(kept)))
  }

  async #configured(): Promise<ProviderKeys | undefined> {
    const { keys } = this.instance
    if (keys === 'made') return this.#made()
    if (keys !== undefined && 'keyFile' in keys) return fromFile(keys.applicationId, keys.keyFile)
    return keys
  }

  /** Made once, for all processes. */
  #made(): Promise<ProviderKeys> {
    const { secrets } = this.#deps
    return secrets.exclusively(this.#name, async () => {
      const kept = await secrets.read(this.#name)
      if (kept !== undefined) return this.#parsed(kept)
      const keys = await madeKeys()
      await secrets.write(this.#name, plainOf(keys))
      return keys
    })
  }

  #use(keys: ProviderKeys): void {
    const digest = digestOf(keys)
    if (this.#opened?.digest === digest) return
    const feed = openProviderInstance(this.instance, keys, digest, this.#deps)
    this.#opened = { feed, digest, clock: this.instance.demo ? new ProviderClock(feed, this.#deps.clock) : undefined }
  }
}
