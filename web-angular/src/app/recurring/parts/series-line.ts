import { Component, computed, inject, input } from '@angular/core'
import { RouterLink } from '@angular/router'
import type { Money, Recurring } from '../../api/types.ts'
import { recurringTexts } from '../../texts/recurring.ts'
import { texts } from '../../texts.ts'
import { isNegative } from '../../ui/amount.ts'
import { plainDay } from '../../ui/days.ts'
import { figureText } from '../../ui/format.ts'
import { MoneyText } from '../../ui/money.ts'
import { Privacy } from '../../ui/privacy.ts'

/** More than this much of the mean, and one amount does not describe a series. */
const variesFrom = 0.05

/** A payment that comes again: with whom, how often, when next, and what became dearer. Opens its rows. */
@Component({
  selector: 'li[pf-series-line]',
  imports: [MoneyText, RouterLink],
  template: `
    <span class="grow">
      <span class="name"><a class="plain-link" routerLink="/transactions" [queryParams]="rows()">{{ series().counterparty }}</a>@if (series().status === 'late') { &ngsp;<span class="pill att">{{ texts.late }}</span> }</span>
      <span class="sub">{{ line() }}</span>
      @if (change(); as change) { <span class="sub change">{{ change }}</span> }
    </span>
    <span class="amt">
      <pf-money [value]="series().amount" sign="flow" />
      <span class="sub">@if (series().status === 'ended') { {{ texts.ended }} } @else { {{ texts.next }} {{ plainDay(series().next_date) }} }</span>
    </span>
  `,
  styles: '.change { color: var(--pf-attention); } .pill { padding-left: 8px; }',
})
export class SeriesLine {
  readonly series = input.required<Recurring>()
  readonly account = input<string>()
  readonly #privacy = inject(Privacy)
  protected readonly texts = recurringTexts
  protected readonly plainDay = plainDay

  protected readonly rows = computed(() => ({ account_id: this.series().account_id, q: this.series().counterparty }))
  protected readonly line = computed(() => {
    const { interval, variance, amount_from, amount_to, count } = this.series()
    const [least, most] = isNegative(amount_from) ? [amount_to, amount_from] : [amount_from, amount_to]
    const varies = variance > variesFrom && recurringTexts.varies(this.#figure(least), this.#figure(most))
    return [recurringTexts.intervals[interval], recurringTexts.times(count), varies, this.account()]
      .filter(Boolean)
      .join(' · ')
  })
  protected readonly change = computed(() => {
    const last = this.series().price_changes.at(-1)
    return last && recurringTexts.dearer(this.#figure(last.from), this.#figure(last.to), plainDay(last.date))
  })

  #figure(money: Money): string {
    return this.#privacy.on() ? texts.hidden : figureText(money)
  }
}
