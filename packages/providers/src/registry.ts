import type { BankFeed } from './bank-feed.ts'
import { offsetMaxAgeMs } from './provider-clock.ts'
import { type KeySource, keysOf } from './provider-keys.ts'
import {
  type LastCall,
  type ProviderDeps,
  type ProviderInstance,
  ProviderSlot,
  type ProviderView,
} from './provider-slot.ts'

export type { LastCall, ProviderDeps, ProviderInstance, ProviderView }
export { offsetMaxAgeMs }

export type ProviderSettings = {
  sandbox: 'on' | 'off'
  sandboxUrl: string
  /** The private key of the demo bank's own application: with it the demo comes by Enable Banking's protocol as well. */
  sandboxEnableBankingKeyFile?: string | undefined
  gocardlessBaseUrl: string
  gocardlessSecretId?: string | undefined
  gocardlessSecretKey?: string | undefined
  enableBankingBaseUrl: string
  enableBankingApplicationId?: string | undefined
  enableBankingKeyFile?: string | undefined
}

/** The keys among the settings, of which each look at a provider's keys takes those that hold then. */
export type KeySettings = Pick<
  ProviderSettings,
  'gocardlessSecretId' | 'gocardlessSecretKey' | 'enableBankingApplicationId'
>

/**
 * The instances of a configuration: the demo's unless it is off, and the two real ones, set up once they have keys. `live` gives the
 * keys that hold now, where they may change.
 */
export function providerInstances(
  settings: ProviderSettings,
  live: () => KeySettings = () => settings,
): ProviderInstance[] {
  const { sandboxUrl, sandboxEnableBankingKeyFile: demoKeyFile, enableBankingKeyFile: keyFile } = settings
  const instances: ProviderInstance[] = []
  if (settings.sandbox === 'on') {
    const keys: KeySource = { kind: 'gocardless', secretId: 'sandbox', secretKey: 'sandbox' }
    instances.push({ id: 'sandbox', kind: 'gocardless', baseUrl: sandboxUrl, demo: true, keys })
    if (demoKeyFile !== undefined) {
      const baseUrl = `${sandboxUrl}/enable-banking`
      const own: KeySource = { kind: 'enable-banking', applicationId: 'sandbox', keyFile: demoKeyFile }
      instances.push({ id: 'sandbox-eb', kind: 'enable-banking', baseUrl, demo: true, keys: own })
    }
  }
  instances.push({
    id: 'gocardless',
    kind: 'gocardless',
    baseUrl: settings.gocardlessBaseUrl,
    demo: false,
    get keys(): KeySource | undefined {
      const { gocardlessSecretId: secretId, gocardlessSecretKey: secretKey } = live()
      return secretId && secretKey ? { kind: 'gocardless', secretId, secretKey } : undefined
    },
  })
  instances.push({
    id: 'enable-banking',
    kind: 'enable-banking',
    baseUrl: settings.enableBankingBaseUrl,
    demo: false,
    get keys(): KeySource | undefined {
      const { enableBankingApplicationId: applicationId } = live()
      return applicationId && keyFile ? { kind: 'enable-banking', applicationId, keyFile } : undefined
    },
  })
  return instances
}

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
  /** Of each that this process has asked. */
  lastCalls(): Readonly<Record<string, LastCall>>
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

export function openProviders(instances: readonly ProviderInstance[], deps: ProviderDeps): Providers {
  const slots = new Map(instances.map((instance) => [instance.id, new ProviderSlot(instance, deps)]))
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
    lastCalls: () =>
      Object.fromEntries([...slots].flatMap(([id, { lastCall }]) => (lastCall === undefined ? [] : [[id, lastCall]]))),
    now: async (id) => (await (await clockOf(id))?.now()) ?? deps.clock.now().toISOString(),
    askNow: async (id) => (await (await clockOf(id))?.askNow()) ?? deps.clock.now().toISOString(),
    forgetOffsets() {
      for (const slot of slots.values()) slot.known()?.clock?.forget()
    },
  }
}
