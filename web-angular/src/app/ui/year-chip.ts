import { Component, computed, input, output } from '@angular/core'
import { texts } from '../texts.ts'
import { shortMonthAndYear } from './days.ts'
import { Icon } from './icon.ts'

export const monthsOfYear = 12

/** The twelve months that are shown, and a step of twelve to either side. */
@Component({
  selector: 'pf-year-chip',
  imports: [Icon],
  host: { class: 'chip on' },
  template: `
    <button type="button" [attr.aria-label]="texts.earlier" [title]="texts.earlier" (click)="move.emit(-step)"><pf-icon name="chevron_left" [small]="true" /></button>
    <span class="months">{{ span() }}</span>
    <button type="button" [disabled]="latest()" [attr.aria-label]="texts.later" [title]="texts.later" (click)="move.emit(step)"><pf-icon name="chevron_right" [small]="true" /></button>
  `,
  styles:
    ':host { align-items: center; } .months { white-space: nowrap; } button:disabled { opacity: 0.35; cursor: default; }',
})
export class YearChip {
  /** First and last month shown. */
  readonly from = input.required<string>()
  readonly until = input.required<string>()
  /** There is nothing later to show. */
  readonly latest = input(false)
  /** In months: twelve, or minus twelve. */
  readonly move = output<number>()

  protected readonly texts = texts.year
  protected readonly step = monthsOfYear
  protected readonly span = computed(() => `${shortMonthAndYear(this.from())} – ${shortMonthAndYear(this.until())}`)
}
