import { Component, computed, effect, inject, input, signal, untracked } from '@angular/core'
import { Router, RouterLink } from '@angular/router'
import { dashboardTexts } from '../texts/dashboard.ts'
import { texts } from '../texts.ts'
import { AccountLine } from '../ui/account-line.ts'
import { Blocks } from '../ui/blocks.ts'
import { Card } from '../ui/card.ts'
import { CashFlowBars } from '../ui/cash-flow-bars.ts'
import { CurrencyChoice } from '../ui/currency-choice.ts'
import { longDay, rangeText, timeText } from '../ui/days.ts'
import { Empty } from '../ui/empty.ts'
import { Icon } from '../ui/icon.ts'
import { MoneyText } from '../ui/money.ts'
import { PageHead } from '../ui/page-head.ts'
import { RowLine } from '../ui/row-line.ts'
import { turns } from '../ui/turns.ts'
import { DashboardArrangement } from './arrangement.ts'
import { Arrange } from './parts/arrange.ts'
import { MoneyNow } from './parts/money-now.ts'
import { Month } from './parts/month.ts'
import { Needs } from './parts/needs.ts'
import { type Asked, RangeChoice } from './parts/range-choice.ts'
import { SpendingBars } from './parts/spending-bars.ts'
import { periodName } from './period.ts'
import { DashboardStore } from './store.ts'

@Component({
  selector: 'pf-dashboard',
  imports: [
    AccountLine,
    Arrange,
    Blocks,
    Card,
    CashFlowBars,
    CurrencyChoice,
    Empty,
    Icon,
    MoneyNow,
    MoneyText,
    Month,
    Needs,
    PageHead,
    RangeChoice,
    RouterLink,
    RowLine,
    SpendingBars,
  ],
  providers: [DashboardStore, DashboardArrangement],
  templateUrl: './page.html',
  styleUrl: './page.css',
})
export class DashboardPage {
  /** Of the URL: which days, and what they stand beside. */
  readonly range = input<string>()
  readonly against = input<string>()

  protected readonly store = inject(DashboardStore)
  protected readonly arrangement = inject(DashboardArrangement)
  readonly #router = inject(Router)
  protected readonly texts = texts.dashboard
  protected readonly words = dashboardTexts
  protected readonly all = texts.all
  protected readonly longDay = longDay
  protected readonly timeText = timeText
  protected readonly rangeText = rangeText
  protected readonly periodName = periodName
  protected readonly arranging = signal(false)
  /** Cards come one after the other, the first one with the page. */
  protected readonly turn = turns(() => this.arrangement.cards().length)
  protected readonly monthHeading = computed(() => {
    const period = this.store.soFar()?.period ?? this.store.period()
    const name = periodName(period, this.store.day())
    return period.range === 'month' || period.range === 'year' ? dashboardTexts.notOver(name) : name
  })

  constructor() {
    effect(() => {
      const asked = { range: this.range(), against: this.against() }
      untracked(() => this.store.show(asked))
    })
  }

  /** The default is the address without a word. */
  protected ask({ range = this.store.range(), against = this.store.against() }: Asked): void {
    const queryParams = { range: range === 'month' ? null : range, against: against === 'before' ? null : against }
    void this.#router.navigate([], { queryParams, queryParamsHandling: 'merge' })
  }
}
