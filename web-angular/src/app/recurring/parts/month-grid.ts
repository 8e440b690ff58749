import { Component, computed, inject, input } from '@angular/core'
import { recurringTexts } from '../../texts/recurring.ts'
import { texts } from '../../texts.ts'
import { isNegative } from '../../ui/amount.ts'
import { plainDay } from '../../ui/days.ts'
import { figureText } from '../../ui/format.ts'
import { MoneyText } from '../../ui/money.ts'
import { Privacy } from '../../ui/privacy.ts'
import { weekdayNames, weeksOf } from '../../ui/weeks.ts'
import type { Expected } from '../calendar.ts'

/** A month's expected payments on their days; on a phone a list of the days that have some. */
@Component({
  selector: 'pf-month-grid',
  imports: [MoneyText],
  template: `
    <table>
      <thead><tr>@for (name of weekdays; track name) { <th scope="col">{{ name }}</th> }</tr></thead>
      <tbody>
        @for (week of weeks(); track $index) {
          <tr>
            @for (day of week; track $index) {
              <td [class.none]="day === undefined" [class.today]="day === today()" [class.past]="day !== undefined && day < today()">
                @if (day !== undefined) {
                  <span class="number">{{ +day.slice(8) }}</span>
                  @for (one of byDay().get(day) ?? []; track one.series.id) {
                    <span class="one" [title]="say(one)"><span class="who">{{ one.series.counterparty }}</span><pf-money class="cap" [value]="one.series.amount" sign="flow" />@if (one.changed) { <span class="pill att">{{ texts.changed[isNegative(one.series.amount) ? 'out' : 'in'] }}</span> }</span>
                  }
                }
              </td>
            }
          </tr>
        }
      </tbody>
    </table>
    <ul class="list days">
      @for (one of expected(); track one.series.id + one.day) {
        <li><span class="grow"><span class="name">{{ one.series.counterparty }}</span><span class="sub">{{ plainDay(one.day) }}@if (one.changed) { · {{ texts.changed[isNegative(one.series.amount) ? 'out' : 'in'] }} }</span></span><pf-money [value]="one.series.amount" sign="flow" /></li>
      }
    </ul>
  `,
  styles: `
    table { width: 100%; border-collapse: collapse; table-layout: fixed; }
    th { font: var(--pf-text-caption); color: var(--pf-ink-2); text-align: left; padding: 0 8px 6px; }
    td { vertical-align: top; height: 84px; padding: 6px 8px; border: 1px solid var(--pf-line); }
    .none { background: var(--pf-sunk); } .past { color: var(--pf-ink-3); }
    .number { display: block; font: var(--pf-text-caption); color: var(--pf-ink-2); }
    .today .number { display: inline-block; padding: 0 6px; border-radius: var(--pf-radius-full); background: var(--pf-primary); color: var(--pf-on-primary); font-weight: 600; }
    .one { display: block; margin-top: 4px; font: var(--pf-text-caption); }
    .who { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; color: var(--pf-ink); font-weight: 550; }
    .pill { margin-top: 2px; padding-left: 8px; }
    .days { display: none; }
    @media (max-width: 899px) { table { display: none; } .days { display: block; } }
  `,
})
export class MonthGrid {
  readonly month = input.required<string>()
  readonly expected = input.required<readonly Expected[]>()
  readonly today = input.required<string>()
  readonly #privacy = inject(Privacy)
  protected readonly texts = recurringTexts
  protected readonly plainDay = plainDay
  protected readonly isNegative = isNegative
  protected readonly weekdays = weekdayNames('short')
  protected readonly weeks = computed(() => weeksOf(this.month()))
  protected readonly byDay = computed(() => Map.groupBy(this.expected(), (one) => one.day))

  protected say({ series, day }: Expected): string {
    const figure = this.#privacy.on() ? texts.hidden : figureText(series.amount, 'flow')
    return recurringTexts.expected(series.counterparty, plainDay(day), figure)
  }
}
