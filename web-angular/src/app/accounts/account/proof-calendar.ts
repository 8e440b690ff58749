import { Component, computed, ElementRef, inject, input, output } from '@angular/core'
import { MatIconButton } from '@angular/material/button'
import type { ProofInterval } from '../../api/types.ts'
import { accountsTexts } from '../../texts/accounts.ts'
import { addMonths, longDay, monthAndYear } from '../../ui/days.ts'
import { Icon } from '../../ui/icon.ts'
import { weekdayNames, weeksOf } from '../../ui/weeks.ts'
import { type DayState, stateOf } from './proof-days.ts'

export const monthsOfCalendar = 3

/** Three months of days, each with the rule of its proof; a day opens what the bank said before and after it. */
@Component({
  selector: 'pf-proof-calendar',
  imports: [Icon, MatIconButton],
  template: `
    <div class="months">
      @for (month of months(); track month.month; let first = $first; let last = $last) {
        <section [class.old]="!last" [attr.aria-label]="month.name">
          <h3>
            @if (first || last) { <button type="button" matIconButton class="step" [class.only-last]="!first" [attr.aria-label]="texts.earlier" [title]="texts.earlier" (click)="move.emit(-step)"><pf-icon name="chevron_left" [small]="true" /></button> }
            <span class="grow">{{ month.name }}</span>
            @if (last) { <button type="button" matIconButton class="step" [disabled]="latest()" [attr.aria-label]="texts.later" [title]="texts.later" (click)="move.emit(step)"><pf-icon name="chevron_right" [small]="true" /></button> }
          </h3>
          <table>
            <thead><tr>@for (name of weekdays; track $index) { <th scope="col"><span aria-hidden="true">{{ name }}</span><span class="sr">{{ longNames[$index] }}</span></th> }</tr></thead>
            <tbody>
              @for (week of month.weeks; track $index) {
                <tr>
                  @for (one of week; track $index) {
                    <td>
                      @if (one && one.state) {
                        <button type="button" [class]="'day ' + one.state" [attr.aria-label]="one.label" [title]="one.label" [attr.aria-pressed]="one.day === chosen()" [attr.data-day]="one.day" (click)="choose.emit(one.day)">{{ one.number }}</button>
                      } @else if (one) { <span class="day out">{{ one.number }}</span> }
                    </td>
                  }
                </tr>
              }
            </tbody>
          </table>
        </section>
      }
    </div>
  `,
  styleUrl: './proof-calendar.css',
})
export class ProofCalendar {
  readonly intervals = input.required<readonly ProofInterval[]>()
  /** The last month shown. */
  readonly month = input.required<string>()
  /** First and last day of which anything is known. */
  readonly first = input.required<string>()
  readonly last = input.required<string>()
  readonly latest = input(true)
  readonly chosen = input<string>()
  readonly choose = output<string>()
  readonly move = output<number>()

  readonly #element = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement
  protected readonly texts = accountsTexts.proof
  protected readonly step = monthsOfCalendar
  protected readonly weekdays = weekdayNames('narrow')
  protected readonly longNames = weekdayNames('short')
  protected readonly months = computed(() =>
    Array.from({ length: monthsOfCalendar }, (_, index) => {
      const month = addMonths(this.month(), index - monthsOfCalendar + 1)
      return {
        month,
        name: monthAndYear(month),
        weeks: weeksOf(month).map((week) => week.map((day) => (day === undefined ? undefined : this.#day(day)))),
      }
    }),
  )

  /** Where the focus goes back to when a day is closed. */
  focusDay(day: string): void {
    this.#element.querySelector<HTMLElement>(`[data-day="${day}"]`)?.focus()
  }

  #day(day: string): { day: string; number: number; state?: DayState; label?: string } {
    const number = Number(day.slice(8))
    if (day < this.first() || day > this.last()) return { day, number }
    const state = stateOf(day, this.intervals())
    return { day, number, state, label: accountsTexts.proof.day(longDay(day), accountsTexts.proof.states[state]) }
  }
}
