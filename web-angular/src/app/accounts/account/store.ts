import { computed, effect, Injectable, inject, signal, untracked } from '@angular/core'
import { liveLoad } from '../../api/load.ts'
import { MoneyApi } from '../../api/money.ts'
import { addDays, later, today } from '../../ui/days.ts'

export type Span = 'month' | 'quarter' | 'year'
const spanDays: Record<Span, number> = { month: 31, quarter: 92, year: 365 }
const latestRows = 8

@Injectable()
export class AccountStore {
  readonly #money = inject(MoneyApi)
  readonly id = signal<string>('')
  readonly span = signal<Span>('quarter')

  readonly account = liveLoad(
    ['marts', 'connections'],
    (ask) => this.#money.account(this.id(), ask),
    (news) => news.account_id === undefined || news.account_id === this.id(),
  )
  readonly balances = liveLoad(['marts'], (ask) => this.#money.balances(this.id(), this.from(), this.to(), ask))
  readonly proof = liveLoad(['marts'], (ask) => this.#money.proof(this.id(), ask))
  readonly rows = liveLoad(['marts'], (ask) =>
    this.#money.transactions({ account_id: this.id() }, { limit: latestRows }, ask),
  )

  readonly to = computed(() => {
    const last = this.account.value()?.last_date ?? ''
    return later(last, today())
  })
  readonly from = computed(() => addDays(this.to(), -spanDays[this.span()]))
  readonly gone = computed(() => {
    const state = this.account.state()
    return state.status === 'failed' && state.problem.status === 404
  })

  /** Newest first; a gap that another balance narrows is told there. */
  readonly gaps = computed(() =>
    (this.proof.value()?.items ?? []).filter((one) => one.status === 'gap' && one.reason !== 'narrowed').reverse(),
  )
  readonly #hasGap = computed(() => this.account.value()?.proof.status === 'gap')

  constructor() {
    // Nobody has to ask who did it where nothing is wrong.
    effect(() => {
      if (this.#hasGap()) untracked(() => void this.proof.refresh())
    })
    effect(() => {
      if (this.id() === '') return
      untracked(() => {
        void this.account.load()
        void this.rows.load()
      })
    })
    effect(() => {
      const ready = this.id() !== '' && this.account.value() !== undefined
      this.from()
      if (ready) untracked(() => void this.balances.refresh())
    })
  }
}
