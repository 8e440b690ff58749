import { computed, effect, Injectable, inject, signal, untracked } from '@angular/core'
import { Banks } from '../api/banks.ts'
import { liveLoad } from '../api/load.ts'
import { MoneyApi } from '../api/money.ts'
import { syncTexts } from '../texts/sync.ts'
import { accountName } from '../ui/row-line.ts'
import { finished, underWay } from '../ui/sync-progress.ts'

/** The syncs under way, of all connections; those whose run was put away stay away, a new run shows itself again. */
@Injectable()
export class ArrivalsStore {
  readonly #banks = inject(Banks)
  readonly #money = inject(MoneyApi)
  readonly #syncs = liveLoad(['syncs', 'marts'], (ask) => this.#banks.syncs({ limit: 50 }, ask))
  readonly #accounts = liveLoad([], (ask) => this.#money.accounts(ask))
  readonly #away = signal<ReadonlySet<string>>(new Set())
  readonly #running = computed(() => underWay(this.#syncs.value()?.items ?? []))
  #wasRunning = false

  readonly shown = computed(() => this.#running().filter((sync) => !this.#away().has(sync.run_id)))
  readonly names = computed(
    () => new Map((this.#accounts.value()?.items ?? []).map((account) => [account.id, accountName(account)])),
  )
  /** For ears: said while accounts come in, whether the panel is in sight or put away. */
  readonly spoken = signal('')

  constructor() {
    void this.#syncs.load()
    effect(() => {
      const running = this.#running()
      untracked(() => this.#follow(running.length, running.filter(finished).length))
    })
    effect(() => {
      const unnamed = this.#running().some((sync) => !untracked(this.names).has(sync.account_id))
      if (unnamed) untracked(() => void this.#accounts.refresh())
    })
  }

  putAway(): void {
    this.#away.update((away) => new Set([...away, ...this.#running().map((sync) => sync.run_id)]))
  }

  #follow(all: number, done: number): void {
    if (all > 0) this.spoken.set(syncTexts.spoken(done, all))
    else if (this.#wasRunning) this.spoken.set(syncTexts.done)
    this.#wasRunning = all > 0
  }
}
