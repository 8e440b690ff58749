import { Component, input } from '@angular/core'
import { RouterLink } from '@angular/router'
import type { Money } from '../../api/types.ts'
import { dashboardTexts } from '../../texts/dashboard.ts'
import { texts } from '../../texts.ts'
import { isNegative, isZero, magnitude, minus } from '../../ui/amount.ts'
import { figureText } from '../../ui/format.ts'
import { MoneyText } from '../../ui/money.ts'
import type { SoFar } from '../figures.ts'
import { type Period, untilText } from '../period.ts'
import { SpendingLine } from './spending-line.ts'

/** Left, in and out of a period so far, beside the same days of another. Each figure opens its rows. */
@Component({
  selector: 'pf-month',
  imports: [MoneyText, RouterLink, SpendingLine],
  template: `
    <div class="figs">
      <div>
        <div class="label">{{ words.left[period().range] }}</div>
        <a class="open-fig" routerLink="/transactions" [queryParams]="rows()"><pf-money class="display" [value]="soFar().net" /></a>
        <p class="cap muted hint">{{ texts.leftHint }}</p>
      </div>
      <div class="io">
        <span class="label">{{ texts.in }}</span>
        <a class="open-fig right" routerLink="/transactions" [queryParams]="rows('in')"><pf-money class="fig" [value]="soFar().in" sign="flow" /></a>
        <span class="cap muted right veil">{{ beside(soFar().in, soFar().before.in) }}</span>
        <span class="label">{{ texts.out }}</span>
        <a class="open-fig right" routerLink="/transactions" [queryParams]="rows('out')"><pf-money class="fig" [value]="soFar().out" sign="plain" /></a>
        <span class="cap muted right veil">{{ beside(soFar().out, soFar().before.out) }}</span>
      </div>
    </div>
    @defer (on immediate) { <pf-spending-line [soFar]="soFar()" [period]="period()" [today]="today()" /> } @placeholder { <div class="chart-room"></div> }
  `,
  styles: `
    :host { display: grid; grid-template-columns: 236px minmax(0, 1fr); gap: var(--pf-space-6); }
    .figs { display: grid; gap: var(--pf-space-5); align-content: start; }
    .chart-room { height: 256px; }
    .hint { margin-top: 6px; }
    .io { display: grid; grid-template-columns: auto 1fr; gap: 6px 16px; align-items: baseline; border-top: 1px solid var(--pf-line); padding-top: 16px; }
    .io .cap { grid-column: 1 / -1; margin-top: -4px; }
    .io a { justify-self: end; }
    @media (max-width: 719px) { :host { grid-template-columns: minmax(0, 1fr); gap: 16px; } }
  `,
})
export class Month {
  readonly soFar = input.required<SoFar>()
  readonly period = input.required<Period>()
  /** The day that the figures are of; a bank may be ahead of the calendar. */
  readonly today = input.required<string>()
  protected readonly texts = texts.dashboard
  protected readonly words = dashboardTexts

  /** Just the rows that the figure is made of: moves between own accounts are none of them. */
  protected rows(direction?: 'in' | 'out') {
    const { from, end } = this.period()
    const { currency } = this.soFar().net
    return { figure: 'cash_flow', currency, date_from: from, date_to: end, direction }
  }

  protected beside(now: Money, before: Money): string {
    const difference = minus(now, before)
    const day = untilText(this.period().beside, this.today())
    if (isZero(difference)) return texts.dashboard.same(day)
    const figure = figureText(magnitude(difference), 'plain')
    return isNegative(difference) ? texts.dashboard.less(figure, day) : texts.dashboard.more(figure, day)
  }
}
