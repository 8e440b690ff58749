import { computed, effect, Injectable, inject, untracked } from '@angular/core'
import { toSignal } from '@angular/core/rxjs-interop'
import { ActivatedRoute, Router } from '@angular/router'
import { Live } from '../api/live.ts'
import { Following, liveLoad } from '../api/load.ts'
import { MoneyApi } from '../api/money.ts'
import { counted, currenciesOf, latestDay } from '../ui/counted.ts'
import { addMonths, firstDay, lastDay, monthOf } from '../ui/days.ts'
import { weakest } from '../ui/proof.ts'
import { monthEnds, rowsOf } from './worth.ts'

export const spans = { one: 12, two: 24, five: 60 } as const
export type Span = keyof typeof spans
const isSpan = (value: string | null): value is Span => value !== null && value in spans

/** `span` and `currency` stand in the URL. */
@Injectable()
export class NetWorthStore {
  readonly #money = inject(MoneyApi)
  readonly #router = inject(Router)
  readonly #route = inject(ActivatedRoute)
  readonly #params = toSignal(this.#route.queryParamMap, { requireSync: true })
  readonly live = inject(Live).state

  readonly accounts = liveLoad(['marts', 'connections'], (ask) => this.#money.accounts(ask))
  readonly day = computed(() => latestDay(this.accounts.value()?.items ?? []))
  readonly currencies = computed(() => currenciesOf(this.accounts.value()?.items ?? []))
  readonly currency = computed(() => this.#params().get('currency') ?? this.currencies()[0] ?? 'GBP')
  readonly span = computed((): Span => {
    const asked = this.#params().get('span')
    return isSpan(asked) ? asked : 'two'
  })
  readonly months = computed(() => {
    const length = spans[this.span()]
    return Array.from({ length }, (_, index) => addMonths(monthOf(this.day()), index - length + 1))
  })
  readonly #days = computed(() => ({ from: firstDay(this.months()[0] ?? ''), to: lastDay(monthOf(this.day())) }))

  readonly worth = liveLoad(['marts'], (ask) => this.#money.netWorth('month', this.#days(), ask))
  readonly worthCard = new Following(this.accounts, this.worth)
  readonly rows = computed(() => rowsOf(this.worth.value()?.items ?? [], this.currency()))
  readonly builtAt = computed(() => this.worth.value()?.as_of.built_at ?? undefined)
  readonly withoutBalance = computed(() => this.worth.value()?.accounts_without_balance.length ?? 0)

  readonly mine = computed(() =>
    counted(this.accounts.value()?.items ?? []).filter((account) => account.currency === this.currency()),
  )
  readonly proof = computed(() => weakest(this.mine().map((account) => account.proof)))
  readonly balances = liveLoad(['marts'], async (ask) => {
    const { from, to } = this.#days()
    return await Promise.all(
      this.mine().map(async (account) => ({
        account,
        days: (await this.#money.balances(account.id, from, to, ask)).items,
      })),
    )
  })
  /** Months before anybody knew anything are not drawn. */
  readonly layers = computed(() => {
    const first = this.rows()[0]?.period.slice(0, 7) ?? ''
    const months = this.months().filter((month) => month >= first)
    const layers = (this.balances.value() ?? []).map(({ account, days }) => ({
      account,
      values: monthEnds(days, months),
    }))
    return { months, layers: layers.filter(({ values }) => values.some((value) => value !== undefined)) }
  })

  constructor() {
    void this.accounts.load()
    effect(() => {
      this.#days()
      this.currency()
      if (this.accounts.value() === undefined) return
      untracked(() => {
        void this.worth.load({ keep: true })
        void this.balances.load({ keep: true })
      })
    })
  }

  show(queryParams: { span?: Span; currency?: string }): void {
    void this.#router.navigate([], { relativeTo: this.#route, queryParams, queryParamsHandling: 'merge' })
  }
}
