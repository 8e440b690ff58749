import { Component, computed, input } from '@angular/core'
import type { Totals } from '../../api/types.ts'
import { texts } from '../../texts.ts'
import { formatCount } from '../../ui/format.ts'
import { MoneyText } from '../../ui/money.ts'

/** What is filtered, added up: each currency for itself. */
@Component({
  selector: 'pf-totals',
  imports: [MoneyText],
  host: { role: 'status' },
  template: `
    <span><b>{{ count() }}</b> {{ texts.rows(totals().count) }}</span>
    @for (sum of totals().by_currency; track sum.currency) {
      <span class="one">
        <span>{{ texts.in }} <b><pf-money [value]="sum.in" /></b></span>
        <span>{{ texts.out }} <b><pf-money [value]="sum.out" /></b></span>
        <span>{{ texts.net }} <b><pf-money [value]="sum.net" sign="flow" class="ink" /></b></span>
      </span>
    }
  `,
  styles: `
    :host { display: flex; flex-wrap: wrap; gap: 4px 24px; align-items: baseline; min-height: 41px; padding: 10px 16px; border-bottom: 1px solid var(--pf-line); font: var(--pf-text-small); color: var(--pf-ink-2); }
    .one { display: flex; flex-wrap: wrap; gap: 4px 24px; }
    b { font-weight: 600; color: var(--pf-ink); }
  `,
})
export class TotalsLine {
  readonly totals = input.required<Totals>()
  protected readonly texts = texts.transactions
  protected readonly count = computed(() => formatCount(this.totals().count))
}
