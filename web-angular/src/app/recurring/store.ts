import { computed, Injectable, inject, signal } from '@angular/core'
import { Live } from '../api/live.ts'
import { liveLoad } from '../api/load.ts'
import { MoneyApi } from '../api/money.ts'
import { isNegative } from '../ui/amount.ts'
import { latestDay } from '../ui/counted.ts'
import { addMonths, monthOf } from '../ui/days.ts'
import { accountNames } from '../ui/row-line.ts'
import { expectedIn, expectedSums } from './calendar.ts'

@Injectable()
export class RecurringStore {
  readonly #money = inject(MoneyApi)
  readonly live = inject(Live).state

  readonly accounts = liveLoad(['marts', 'connections'], (ask) => this.#money.accounts(ask))
  readonly accountNames = computed(() => accountNames(this.accounts.value()?.items ?? []))
  readonly series = liveLoad(['marts'], (ask) => this.#money.recurring(ask))
  readonly all = computed(() => this.series.value()?.items ?? [])
  readonly builtAt = computed(() => this.series.value()?.as_of.built_at ?? undefined)

  readonly day = computed(() => latestDay(this.accounts.value()?.items ?? []))
  /** Months from this one. */
  readonly #ahead = signal(0)
  readonly month = computed(() => addMonths(monthOf(this.day()), this.#ahead()))
  readonly isThisMonth = computed(() => this.#ahead() === 0)
  readonly expected = computed(() => expectedIn(this.month(), this.all()))
  readonly sums = computed(() => expectedSums(this.expected()))

  /** What still comes, by direction and the next day first; what has ended last. */
  readonly groups = computed(() => {
    const sorted = [...this.all()].sort((a, b) => a.next_date.localeCompare(b.next_date))
    const going = sorted.filter((one) => one.status !== 'ended')
    return [
      { of: 'out' as const, series: going.filter((one) => isNegative(one.amount)) },
      { of: 'in' as const, series: going.filter((one) => !isNegative(one.amount)) },
      { of: 'ended' as const, series: sorted.filter((one) => one.status === 'ended').reverse() },
    ].filter((group) => group.series.length > 0)
  })

  constructor() {
    void this.accounts.load()
    void this.series.load()
  }

  move(months: number): void {
    this.#ahead.update((ahead) => Math.max(0, ahead + months))
  }
}
