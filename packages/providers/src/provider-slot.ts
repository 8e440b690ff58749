import type { BankFeed, ProviderKind } from './bank-feed.ts'
import { openProviderInstance, type ProviderSecrets } from './open-instance.ts'
import { ProviderClock } from './provider-clock.ts'
import { digestOf, fromFile, type KeySource, KeysInvalid, keysOf, type ProviderKeys, plainOf } from './provider-keys.ts'

/** One source of bank data that this installation knows. `demo`: the sandbox, whose `Date` is believed and whose accounts carry a mark. */
export type ProviderInstance = {
  id: string
  kind: ProviderKind
  baseUrl: string
  demo: boolean
  /** Undefined where only the vault may have its keys, which win in any case. Asked for at each look: it may change. */
  readonly keys?: KeySource | undefined
}

export type ProviderDeps = {
  clock: { now(): Date }
  /** Where keys, tokens and the handles of links are kept, sealed, for all processes. */
  secrets: ProviderSecrets
  fetch?: typeof fetch
  /** Aborts after so long; real time unless told. */
  deadline?: (ms: number) => AbortSignal
}

/** What the last call to it met, in this process: any answer at all, or none. */
export type LastCall = { at: string; answered: boolean }

export type ProviderView = Pick<ProviderInstance, 'id' | 'kind' | 'demo'>

/** How old this process' knowledge of the vault's keys may be. */
const keysMaxAgeMs = 10_000

type Opened = { feed: BankFeed; clock: ProviderClock | undefined; digest: string }

/** One instance with the keys that hold now: the vault's, else the configuration's. */
export class ProviderSlot {
  readonly instance: ProviderInstance
  readonly #deps: ProviderDeps
  #opened: Opened | undefined
  #problem: string | undefined
  #lookedAtMs = Number.NEGATIVE_INFINITY
  #looking: Promise<Opened | undefined> | undefined
  #lastCall: LastCall | undefined

  constructor(instance: ProviderInstance, deps: ProviderDeps) {
    this.instance = instance
    this.#deps = deps
    const { keys } = instance
    // Keys of the configuration serve from the start; the vault is asked behind it.
    if (keys !== undefined && !('keyFile' in keys)) this.#use(keys)
    // The first find comes when services have long started; a vault that does not answer then is asked again.
    this.#lookBehind()
  }

  get problem(): string | undefined {
    return this.#problem
  }

  /** Undefined where nothing was asked yet. */
  get lastCall(): LastCall | undefined {
    return this.#lastCall
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
    // Written by `put` alone and sealed since.
    return keysOf(this.instance.kind, JSON.parse(new TextDecoder().decode(kept)))
  }

  async #configured(): Promise<ProviderKeys | undefined> {
    const { keys } = this.instance
    if (keys !== undefined && 'keyFile' in keys) return fromFile(keys.applicationId, keys.keyFile)
    return keys
  }

  /** Whoever is refused was answered: what a refusal means is the caller's. */
  readonly #watched: typeof fetch = async (...call) => {
    const met = (answered: boolean) => {
      this.#lastCall = { at: this.#deps.clock.now().toISOString(), answered }
    }
    try {
      const response = await (this.#deps.fetch ?? globalThis.fetch)(...call)
      met(true)
      return response
    } catch (error) {
      met(false)
      throw error
    }
  }

  #use(keys: ProviderKeys): void {
    const digest = digestOf(keys)
    if (this.#opened?.digest === digest) return
    const feed = openProviderInstance(this.instance, keys, digest, { ...this.#deps, fetch: this.#watched })
    this.#opened = { feed, digest, clock: this.instance.demo ? new ProviderClock(feed, this.#deps.clock) : undefined }
  }
}
