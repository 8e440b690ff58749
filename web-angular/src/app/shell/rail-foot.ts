import { Component, computed, inject } from '@angular/core'
import { Banks } from '../api/banks.ts'
import { liveLoad } from '../api/load.ts'
import { MoneyApi } from '../api/money.ts'
import { texts } from '../texts.ts'
import { whenText } from '../ui/days.ts'
import { ProofBadge, weakest } from '../ui/proof.ts'

/** At the rail's foot: how far all accounts are proven, and when the next of the banks is read. */
@Component({
  selector: 'pf-rail-foot',
  imports: [ProofBadge],
  template: `
    @if (proof(); as proof) { <pf-proof [proof]="proof" [long]="true" link="/accounts" /> }
    @if (next(); as next) { <span>{{ next }}</span> }
  `,
  styles: `
    :host { display: grid; gap: 6px; justify-items: start; padding: 12px 10px 0; border-top: 1px solid var(--pf-line); font: var(--pf-text-caption); color: var(--pf-ink-2); }
    :host(:empty) { border: 0; }
  `,
})
export class RailFoot {
  readonly #banks = inject(Banks)
  readonly #money = inject(MoneyApi)
  readonly #connections = liveLoad(['connections', 'syncs'], (ask) => this.#banks.connections(ask))
  readonly #accounts = liveLoad(['connections', 'marts'], (ask) => this.#money.accounts(ask))

  protected readonly proof = computed(() => {
    const all = this.#accounts.value()?.items ?? []
    const real = all.filter((account) => !account.demo)
    const counted = real.length > 0 ? real : all
    return counted.length > 0 ? weakest(counted.map((account) => account.proof)) : undefined
  })
  protected readonly next = computed(() => {
    const now = new Date()
    const times = (this.#connections.value()?.items ?? []).flatMap((connection) =>
      ['active', 'expiring'].includes(connection.status) ? (connection.next_sync_at ?? []) : [],
    )
    const next = times.sort().find((time) => new Date(time) > now)
    return next && texts.shell.nextSync(whenText(next, now))
  })

  constructor() {
    for (const load of [this.#connections, this.#accounts]) void load.load()
  }
}
