import { Component, computed, input, output } from '@angular/core'
import type { Totals } from '../../api/types.ts'
import { rowsTexts, transactionsTexts } from '../../texts/transactions.ts'
import { formatCount } from '../../ui/format.ts'
import { MoneyText } from '../../ui/money.ts'

/** What is filtered, added up, each currency for itself; or what is selected of it, in the same place. */
@Component({
  selector: 'pf-totals',
  imports: [MoneyText],
  host: { '[class.of-selection]': 'selected() !== undefined' },
  template: `
    <span class="all" role="status">
      <span>@if (selected(); as some) { @if (some.count > 0) { <b>{{ select.chosen(some.count) }}</b> } @else { {{ select.none }} } } @else { <b>{{ count() }}</b> {{ texts.rows(totals().count) }} }</span>
      @for (sum of shown().by_currency; track sum.currency) {
        <span class="one">
          <span>{{ texts.in }} <b><pf-money [value]="sum.in" /></b></span>
          <span>{{ texts.out }} <b><pf-money [value]="sum.out" /></b></span>
          <span>{{ texts.net }} <b><pf-money [value]="sum.net" sign="flow" class="ink" /></b></span>
        </span>
      }
    </span>
    <span class="tools">
    @if (selected()) { <button type="button" class="clear-all" (click)="clear.emit()">{{ selected()?.count ? select.clear : select.end }}</button> }
    <ng-content />
    </span>
  `,
  styles: `
    :host { display: flex; flex-wrap: wrap; gap: 4px 16px; align-items: center; min-height: 45px; padding: 8px 16px; border-bottom: 1px solid var(--pf-line); font: var(--pf-text-small); color: var(--pf-ink-2); background: var(--pf-surface); }
    :host(.of-selection) { position: sticky; top: 0; z-index: 1; background: var(--pf-primary-soft); color: var(--pf-on-primary-soft); }
    .all { flex: 1 1 auto; display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: baseline; }
    .one { display: flex; flex-wrap: wrap; gap: 4px 24px; }
    .tools { display: flex; gap: 4px 16px; align-items: center; }
    b { font-weight: 600; color: var(--pf-ink); }
    .clear-all { min-height: 28px; padding: 0 8px; border: 0; background: none; color: var(--pf-primary); font-weight: 550; cursor: pointer; text-decoration: underline; text-underline-offset: 3px; }
    /* Beside as many lines as stand there anyway: what is selected pushes no row down. */
    @media (max-width: 719px) { .all { flex: 1 1 0; min-width: 0; } .tools { flex-direction: column; align-items: flex-end; gap: 0; } .clear-all { min-height: 40px; padding: 0; } }
    @media print { :host { position: static !important; } .clear-all { display: none; } }
  `,
})
export class TotalsLine {
  readonly totals = input.required<Totals>()
  readonly selected = input<Totals>()
  readonly clear = output<void>()
  protected readonly texts = rowsTexts
  protected readonly select = transactionsTexts.select
  protected readonly shown = computed(() => this.selected() ?? this.totals())
  protected readonly count = computed(() => formatCount(this.totals().count))
}
