import { Component, computed, input } from '@angular/core'
import { RouterLink } from '@angular/router'
import type { Money } from '../../api/types.ts'
import { texts } from '../../texts.ts'
import { isNegative, isZero, magnitude, minus } from '../../ui/amount.ts'
import { dayAndMonth, firstDay, lastDay, monthOf } from '../../ui/days.ts'
import { figureText } from '../../ui/format.ts'
import { MoneyText } from '../../ui/money.ts'
import type { MonthSoFar } from '../figures.ts'
import { SpendingLine } from './spending-line.ts'

/** Left, in and out of the month so far, beside the month before up to the same day. Each figure opens its rows. */
@Component({
  selector: 'pf-month',
  imports: [MoneyText, RouterLink, SpendingLine],
  template: `
    <div class="figs">
      <div>
        <div class="label">{{ texts.left }}</div>
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
    <pf-spending-line [soFar]="soFar()" [day]="day()" />
  `,
  styles: `
    :host { display: grid; grid-template-columns: 236px minmax(0, 1fr); gap: var(--pf-space-6); }
    .figs { display: grid; gap: var(--pf-space-5); align-content: start; }
    .hint { margin-top: 6px; }
    .io { display: grid; grid-template-columns: auto 1fr; gap: 6px 16px; align-items: baseline; border-top: 1px solid var(--pf-line); padding-top: 16px; }
    .io .cap { grid-column: 1 / -1; margin-top: -4px; }
    .io a { justify-self: end; }
    @media (max-width: 719px) { :host { grid-template-columns: minmax(0, 1fr); gap: 16px; } }
  `,
})
export class Month {
  readonly soFar = input.required<MonthSoFar>()
  readonly day = input.required<string>()
  protected readonly texts = texts.dashboard
  readonly #month = computed(() => monthOf(this.day()))

  protected rows(direction?: 'in' | 'out') {
    return { date_from: firstDay(this.#month()), date_to: lastDay(this.#month()), direction }
  }

  protected beside(now: Money, before: Money): string {
    const difference = minus(now, before)
    const day = dayAndMonth(this.soFar().before.day)
    if (isZero(difference)) return texts.dashboard.same(day)
    const figure = figureText(magnitude(difference), 'plain')
    return isNegative(difference) ? texts.dashboard.less(figure, day) : texts.dashboard.more(figure, day)
  }
}
