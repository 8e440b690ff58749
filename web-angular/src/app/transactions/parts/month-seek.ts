import { Component, computed, input, output } from '@angular/core'
import { MatMenu, MatMenuContent, MatMenuItem, MatMenuTrigger } from '@angular/material/menu'
import { transactionsTexts } from '../../texts/transactions.ts'
import { monthAndYear } from '../../ui/days.ts'
import { Icon } from '../../ui/icon.ts'
import type { MonthCount } from '../row-book.ts'

/** The month that is in sight, and a way to any other, however far down it lies. */
@Component({
  selector: 'pf-month-seek',
  imports: [Icon, MatMenu, MatMenuContent, MatMenuItem, MatMenuTrigger],
  template: `
    <button type="button" class="here" [matMenuTriggerFor]="menu" [matMenuTriggerRestoreFocus]="false" [attr.aria-label]="label()" [title]="texts.title">{{ shown() }}<pf-icon name="expand_more" [small]="true" /></button>
    <mat-menu #menu="matMenu">
      <ng-template matMenuContent>
        @for (one of months(); track one.month) {
          <button mat-menu-item (click)="seek.emit(one.at)"><span class="month">{{ monthAndYear(one.month) }}</span> <span class="cap faint">{{ texts.rows(one.count) }}</span></button>
        }
      </ng-template>
    </mat-menu>
  `,
  styles: `
    .here { display: inline-flex; align-items: center; gap: 4px; min-height: 28px; padding: 0 4px 0 8px; border: 1px solid var(--pf-line); border-radius: var(--pf-radius-m); background: var(--pf-surface); font: var(--pf-text-small); color: var(--pf-ink-2); white-space: nowrap; cursor: pointer; }
    .month { margin-right: 8px; }
    @media (max-width: 719px) { .here { min-height: 44px; } }
  `,
})
export class MonthSeek {
  readonly months = input.required<readonly (MonthCount & { at: number })[]>()
  readonly month = input<string>()
  /** The place of the chosen month's first row. */
  readonly seek = output<number>()
  protected readonly texts = transactionsTexts.seek
  protected readonly monthAndYear = monthAndYear
  protected readonly shown = computed(() => monthAndYear(this.month() ?? this.months()[0]?.month ?? ''))
  protected readonly label = computed(() => `${transactionsTexts.seek.title}: ${this.shown()}`)
}
