import { computed, effect, Injectable, inject, untracked } from '@angular/core'
import { toSignal } from '@angular/core/rxjs-interop'
import { ActivatedRoute, Router } from '@angular/router'
import { Live } from '../api/live.ts'
import { Following, liveLoad } from '../api/load.ts'
import { MoneyApi } from '../api/money.ts'
import { currenciesOf, latestDay } from '../ui/counted.ts'
import { addMonths, firstDay, isMonth, lastDay, monthOf } from '../ui/days.ts'
import { monthsOfYear } from '../ui/year-chip.ts'
import { monthFlow } from './month-flow.ts'

/** What is shown stands in the URL: `until`, `month`, `account_id`, `currency`. */
@Injectable()
export class CashFlowStore {
  readonly #money = inject(MoneyApi)
  readonly #router = inject(Router)
  readonly #route = inject(ActivatedRoute)
  readonly #params = toSignal(this.#route.queryParamMap, { requireSync: true })
  readonly live = inject(Live).state

  readonly accounts = liveLoad(['marts', 'connections'], (ask) => this.#money.accounts(ask))
  readonly accountId = computed(() => this.#params().get('account_id') ?? undefined)
  readonly day = computed(() => latestDay(this.accounts.value()?.items ?? []))
  readonly thisMonth = computed(() => monthOf(this.day()))
  readonly currencies = computed(() => currenciesOf(this.accounts.value()?.items ?? []))
  readonly currency = computed(() => this.#params().get('currency') ?? this.currencies()[0] ?? 'GBP')
  readonly until = computed(() => {
    const asked = this.#params().get('until') ?? ''
    return isMonth(asked) && asked < this.thisMonth() ? asked : this.thisMonth()
  })
  readonly isLatest = computed(() => this.until() === this.thisMonth())
  readonly from = computed(() => addMonths(this.until(), 1 - monthsOfYear))

  readonly months = liveLoad(['marts'], (ask) => {
    const days = { from: firstDay(this.from()), to: lastDay(this.until()), account_id: this.accountId() }
    return this.#money.cashFlow('month', days, ask)
  })
  readonly monthsCard = new Following(this.accounts, this.months)
  readonly rows = computed(() => this.months.value()?.items.filter((row) => row.currency === this.currency()) ?? [])
  readonly builtAt = computed(() => this.months.value()?.as_of.built_at ?? undefined)

  /** The month told in full: the one asked for, else the last that is over. */
  readonly month = computed(() => {
    const asked = this.#params().get('month') ?? ''
    if (isMonth(asked)) return asked
    return this.until() === this.thisMonth() ? addMonths(this.until(), -1) : this.until()
  })
  readonly spending = liveLoad(['marts'], (ask) => {
    const days = { from: firstDay(this.month()), to: lastDay(this.month()), account_id: this.accountId() }
    return this.#money.spending(['category'], days, ask)
  })
  readonly spendingCard = new Following(this.accounts, this.spending)
  readonly flow = computed(() => {
    const row = this.rows().find((one) => monthOf(one.period) === this.month())
    const spending = this.spending.value()
    return row && spending && monthFlow(row, spending.items)
  })
  readonly rowsFilter = computed(() => ({
    currency: this.currency(),
    date_from: firstDay(this.month()),
    date_to: lastDay(this.month()),
    ...(this.accountId() === undefined ? {} : { account_id: this.accountId() }),
  }))

  constructor() {
    void this.accounts.load()
    effect(() => {
      this.from()
      this.until()
      this.accountId()
      if (this.accounts.value() !== undefined) untracked(() => void this.months.load({ keep: true }))
    })
    effect(() => {
      this.month()
      this.accountId()
      if (this.accounts.value() !== undefined) untracked(() => void this.spending.load())
    })
  }

  show(some: { account_id?: string | undefined; currency?: string }): void {
    this.#go(Object.fromEntries(Object.entries(some).map(([name, value]) => [name, value ?? null])))
  }

  move(months: number): void {
    const next = addMonths(this.until(), months)
    this.#go({ until: next < this.thisMonth() ? next : null, month: null })
  }

  #go(queryParams: Record<string, string | null>): void {
    void this.#router.navigate([], { relativeTo: this.#route, queryParams, queryParamsHandling: 'merge' })
  }
}
