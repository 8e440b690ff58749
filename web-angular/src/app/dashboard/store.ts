import { computed, effect, Injectable, inject, signal, untracked } from '@angular/core'
import { Router } from '@angular/router'
import { Banks } from '../api/banks.ts'
import { HeldRows } from '../api/held-rows.ts'
import { Live } from '../api/live.ts'
import { liveLoad } from '../api/load.ts'
import { MoneyApi } from '../api/money.ts'
import { currenciesOf, latestDay } from '../ui/counted.ts'
import { addMonths, firstDay, lastDay, monthOf, today } from '../ui/days.ts'
import { accountName } from '../ui/row-line.ts'
import { moneyNow, needsOf, soFar } from './figures.ts'
import { againstOf, periodOf, rangeOf } from './period.ts'

const latestRows = 6
const monthsShown = 12

@Injectable()
export class DashboardStore {
  readonly #banks = inject(Banks)
  readonly #money = inject(MoneyApi)
  readonly #held = inject(HeldRows)
  readonly #router = inject(Router)
  readonly live = inject(Live).state

  readonly accounts = liveLoad(['marts', 'connections'], (ask) => this.#money.accounts(ask))
  readonly connections = liveLoad(['connections', 'syncs'], (ask) => this.#banks.connections(ask))
  readonly held = liveLoad(['held', 'marts'], (ask) => this.#held.list(false, ask))
  readonly latest = liveLoad(['marts'], (ask) => this.#money.transactions({}, { limit: latestRows }, ask))

  readonly day = computed(() => latestDay(this.accounts.value()?.items ?? []))
  readonly month = computed(() => monthOf(this.day()))
  /** What the address asks for. */
  readonly #asked = signal<{ range?: string; against?: string }>({})
  readonly range = computed(() => rangeOf(this.#asked().range))
  readonly against = computed(() => againstOf(this.#asked().against))
  readonly period = computed(() => periodOf(this.range(), this.against(), this.day()))

  readonly months = liveLoad(['marts'], (ask) => {
    const from = firstDay(addMonths(this.month(), 1 - monthsShown))
    return this.#money.cashFlow('month', { from, to: lastDay(this.month()) }, ask)
  })
  /** Answers with the period that was asked for, so that figures and words of two are never mixed. */
  readonly days = liveLoad(['marts'], async (ask) => {
    const period = this.period()
    const [now, then] = await Promise.all([
      this.#money.cashFlow('day', { from: period.from, to: period.end }, ask),
      this.#money.cashFlow('day', { from: period.beside.from, to: period.beside.end }, ask),
    ])
    return { period, days: now.items, daysBefore: then.items }
  })
  readonly spending = liveLoad(['marts'], async (ask) => {
    const period = this.period()
    const answer = await this.#money.spending(['category'], { from: period.from, to: period.end }, ask)
    return { period, items: answer.items }
  })

  readonly #chosen = signal<string | undefined>(undefined)
  readonly currencies = computed(() => currenciesOf(this.accounts.value()?.items ?? []))
  readonly currency = computed(
    () => this.#chosen() ?? this.currencies()[0] ?? this.months.value()?.items[0]?.currency ?? 'GBP',
  )

  /** Some account has no balance yet: more figures come. */
  readonly balancesComing = computed(() =>
    (this.accounts.value()?.items ?? []).some((account) => account.balances.booked === null),
  )
  readonly now = computed(() => moneyNow(this.accounts.value()?.items ?? []))
  readonly accountNames = computed(
    () => new Map((this.accounts.value()?.items ?? []).map((account) => [account.id, accountName(account)])),
  )
  readonly demoLeftOut = computed(() => {
    const all = this.accounts.value()?.items ?? []
    return all.some((account) => account.demo) && all.some((account) => !account.demo)
  })
  readonly needs = computed(() =>
    needsOf(this.connections.value()?.items ?? [], this.accounts.value()?.items ?? [], today()),
  )
  readonly heldCount = computed(() => this.held.value()?.items.length ?? 0)
  readonly needsCount = computed(() => this.needs().length + (this.heldCount() > 0 ? 1 : 0))
  readonly soFar = computed(() => {
    const days = this.days.value()
    return days && { ...soFar(days, this.currency(), days.period), period: days.period }
  })
  readonly bars = computed(() => this.months.value()?.items.filter((row) => row.currency === this.currency()) ?? [])
  readonly categories = computed(() =>
    (this.spending.value()?.items ?? [])
      .filter((row) => row.currency === this.currency())
      .sort((a, b) => Number(b.amount.amount) - Number(a.amount.amount)),
  )
  readonly builtAt = computed(() => this.latest.value()?.as_of.built_at ?? undefined)

  constructor() {
    for (const load of [this.accounts, this.connections, this.held, this.latest]) void load.load()
    effect(() => {
      this.month()
      untracked(() => void this.months.refresh())
    })
    effect(() => {
      this.period()
      untracked(() => {
        for (const load of [this.days, this.spending]) void load.refresh()
      })
    })
    effect(() => {
      const connections = this.connections.value()
      const accounts = this.accounts.value()
      const nothing =
        accounts?.items.length === 0 && connections?.items.every((connection) => connection.status === 'pending')
      if (nothing) void this.#router.navigateByUrl('/welcome', { replaceUrl: true })
    })
  }

  show(asked: { range?: string; against?: string }): void {
    this.#asked.set(asked)
  }

  chooseCurrency(currency: string): void {
    this.#chosen.set(currency)
  }
}
