import { computed, DestroyRef, effect, Injectable, inject, untracked } from '@angular/core'
import { toSignal } from '@angular/core/rxjs-interop'
import { ActivatedRoute, Router } from '@angular/router'
import { Live } from '../api/live.ts'
import { Following, Load, liveLoad } from '../api/load.ts'
import { MoneyApi } from '../api/money.ts'
import type { TransactionFilter } from '../api/types.ts'
import { sums, toNumber } from '../ui/amount.ts'
import { currenciesOf, latestDay } from '../ui/counted.ts'
import { addMonths, firstDay, isMonth, lastDay, monthOf } from '../ui/days.ts'
import { accountNames } from '../ui/row-line.ts'
import { monthsOfYear } from '../ui/year-chip.ts'
import { type By, heatTable } from './heat.ts'

const rowsShown = 6
const merchantsShown = 6

/** A figure of the table that is opened: `key` is the category's or the merchant's. */
export type Chosen = { key: string; month: string }

/** What is shown and what is opened stands in the URL: `until`, `by`, `account_id`, `currency`, `key`, `month`. */
@Injectable()
export class SpendingStore {
  readonly #money = inject(MoneyApi)
  readonly #router = inject(Router)
  readonly #route = inject(ActivatedRoute)
  readonly #params = toSignal(this.#route.queryParamMap, { requireSync: true })
  readonly live = inject(Live).state

  readonly accounts = liveLoad(['marts', 'connections'], (ask) => this.#money.accounts(ask))
  readonly day = computed(() => latestDay(this.accounts.value()?.items ?? []))
  readonly thisMonth = computed(() => monthOf(this.day()))
  readonly accountId = computed(() => this.#params().get('account_id') ?? undefined)
  readonly accountNames = computed(() => accountNames(this.accounts.value()?.items ?? []))

  readonly by = computed((): By => (this.#params().get('by') === 'merchant' ? 'merchant' : 'category'))
  readonly currencies = computed(() => currenciesOf(this.accounts.value()?.items ?? []))
  readonly currency = computed(() => this.#params().get('currency') ?? this.currencies()[0] ?? 'GBP')
  readonly until = computed(() => {
    const asked = this.#params().get('until') ?? ''
    return isMonth(asked) && asked < this.thisMonth() ? asked : this.thisMonth()
  })
  readonly isLatest = computed(() => this.until() === this.thisMonth())
  readonly months = computed(() =>
    Array.from({ length: monthsOfYear }, (_, index) => addMonths(this.until(), index - monthsOfYear + 1)),
  )
  readonly days = computed(() => ({
    from: firstDay(this.months()[0] ?? this.until()),
    to: lastDay(this.until()),
  }))
  readonly firstKnown = computed(() => {
    const days = (this.accounts.value()?.items ?? []).flatMap((account) => account.first_date ?? [])
    return monthOf(days.sort()[0] ?? this.day())
  })

  readonly figures = liveLoad(['marts'], (ask) =>
    this.#money.spending(['month', this.by()], { ...this.days(), account_id: this.accountId() }, ask),
  )
  readonly figuresCard = new Following(this.accounts, this.figures)
  readonly table = computed(() => {
    const answer = this.figures.value()
    return (
      answer &&
      heatTable(answer.items, {
        by: this.by(),
        months: this.months(),
        currency: this.currency(),
        open: this.thisMonth(),
        firstKnown: this.firstKnown(),
      })
    )
  })
  readonly builtAt = computed(() => this.figures.value()?.as_of.built_at ?? undefined)

  readonly chosen = computed((): Chosen | undefined => {
    const month = this.#params().get('month')
    const key = this.#params().get('key')
    return key !== null && month !== null && isMonth(month) ? { key, month } : undefined
  })
  readonly chosenRow = computed(() => this.table()?.rows.find((row) => row.key === this.chosen()?.key))

  /** The rows that the figure is made of, and no others. */
  readonly rowsFilter = computed((): TransactionFilter => {
    const { key, month } = this.chosen() ?? { key: '', month: this.until() }
    return {
      figure: 'spending',
      currency: this.currency(),
      date_from: firstDay(month),
      date_to: lastDay(month),
      ...(this.accountId() === undefined ? {} : { account_id: this.accountId() }),
      ...(this.by() === 'category' ? { category: key } : { merchant: key }),
    }
  })
  readonly rows = new Load((ask) => this.#money.transactions(this.rowsFilter(), { limit: rowsShown }, ask))
  readonly merchants = new Load((ask) => {
    const month = this.chosen()?.month ?? this.until()
    const days = { from: firstDay(month), to: lastDay(month), account_id: this.accountId() }
    return this.#money.spending(['category', 'merchant'], days, ask)
  })
  /** Of the figure that is opened: merchants of a category, or categories of a merchant, the dearest first. */
  readonly where = computed(() => {
    const { by, key, currency } = { by: this.by(), key: this.chosen()?.key, currency: this.currency() }
    const mine = (this.merchants.value()?.items ?? []).filter(
      (row) => row.currency === currency && (by === 'category' ? row.category : (row.merchant ?? '')) === key,
    )
    const sorted = mine.sort((a, b) => toNumber(b.amount) - toNumber(a.amount))
    const rest = sorted.slice(merchantsShown)
    const others = sums(rest.map((row) => row.amount))[0]
    return {
      rows: mine.reduce((all, row) => all + row.count, 0),
      parts: mine.length,
      shown: sorted.slice(0, merchantsShown),
      others: others && { amount: others, count: rest.reduce((all, row) => all + row.count, 0) },
    }
  })

  constructor() {
    void this.accounts.load()
    effect(() => {
      this.days()
      this.by()
      this.accountId()
      if (this.accounts.value() !== undefined) untracked(() => void this.figures.load({ keep: true }))
    })
    effect(() => {
      this.rowsFilter()
      if (this.chosen() === undefined) return
      untracked(() => {
        void this.rows.load()
        void this.merchants.load()
      })
    })
    // What is opened is read anew with the table, and only while something is opened.
    effect(() => {
      this.builtAt()
      if (untracked(() => this.chosen()) === undefined) return
      untracked(() => {
        void this.rows.refresh()
        void this.merchants.refresh()
      })
    })
    inject(DestroyRef).onDestroy(() => {
      this.rows.stop()
      this.merchants.stop()
    })
  }

  show(some: { until?: string; by?: By; account_id?: string | undefined; currency?: string }): void {
    const queryParams = Object.fromEntries(Object.entries(some).map(([name, value]) => [name, value ?? null]))
    this.#go('by' in some ? { ...queryParams, key: null, month: null } : queryParams)
  }

  open(chosen: Chosen | undefined): void {
    this.#go({ key: chosen?.key ?? null, month: chosen?.month ?? null })
  }

  move(months: number): void {
    const next = addMonths(this.until(), months)
    this.#go({ until: next < this.thisMonth() ? next : null, key: null, month: null })
  }

  #go(queryParams: Record<string, string | null>): void {
    void this.#router.navigate([], { relativeTo: this.#route, queryParams, queryParamsHandling: 'merge' })
  }
}
