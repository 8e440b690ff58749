import { computed, Injectable, inject, signal } from '@angular/core'
import { Load } from '../../api/load.ts'
import { asProblem, type Problem } from '../../api/problem.ts'
import { Providers } from '../../api/providers.ts'
import type { ProviderCheck } from '../../api/types.ts'
import { setupTexts } from '../../texts/provider-setup.ts'

export type Kind = keyof typeof setupTexts.providers
type Doing =
  | { status: 'idle' }
  | { status: 'loading' }
  | { status: 'ready'; check: ProviderCheck }
  | { status: 'failed'; problem: Problem }

const isKind = (kind: string): kind is Kind => kind in setupTexts.providers

/** Providers that can be set up, and what became of the keys that were put. The keys themselves are never kept here. */
@Injectable()
export class SetupStore {
  readonly #api = inject(Providers)
  readonly #doing = signal<Doing>({ status: 'idle' })
  readonly #chosen = signal<string | undefined>(undefined)

  readonly providers = new Load((ask) => this.#api.list(ask))
  /** Each with the words there are for its kind; the demo bank needs no keys. */
  readonly all = computed(() =>
    (this.providers.value()?.items ?? []).flatMap((one) =>
      isKind(one.kind) && !one.demo ? [{ ...one, words: setupTexts.providers[one.kind] }] : [],
    ),
  )
  readonly chosen = computed(() => this.all().find((one) => one.id === this.#chosen()) ?? this.all()[0])
  readonly busy = computed(() => this.#doing().status === 'loading')
  readonly check = computed(() => {
    const doing = this.#doing()
    return doing.status === 'ready' ? doing.check : undefined
  })
  readonly problem = computed(() => {
    const doing = this.#doing()
    return doing.status === 'failed' ? doing.problem : undefined
  })

  constructor() {
    void this.providers.load()
  }

  choose(id: string): void {
    this.#chosen.set(id)
    this.#doing.set({ status: 'idle' })
  }

  /** Without keys: those that are there are checked. True where the check found nothing wrong. */
  async put(id: string, keys?: Record<string, string>): Promise<boolean> {
    if (this.busy()) return false
    this.#doing.set({ status: 'loading' })
    try {
      if (keys) await this.#api.putKeys(id, keys)
      const check = await this.#api.check(id)
      this.#doing.set({ status: 'ready', check })
      void this.providers.refresh()
      return check.ok
    } catch (error) {
      this.#doing.set({ status: 'failed', problem: asProblem(error) })
      return false
    }
  }
}
