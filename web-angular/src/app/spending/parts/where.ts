import { Component, computed, input } from '@angular/core'
import { RouterLink } from '@angular/router'
import type { Money, SpendingRow, TransactionFilter } from '../../api/types.ts'
import { spendingTexts } from '../../texts/spending.ts'
import { toNumber } from '../../ui/amount.ts'
import { categoryName } from '../../ui/category.ts'
import { MoneyText } from '../../ui/money.ts'
import type { By } from '../heat.ts'

/** A figure in its parts, the dearest first; each opens just its rows. */
@Component({
  selector: 'pf-where',
  imports: [MoneyText, RouterLink],
  template: `
    <ul [class]="'k' + hue()">
      @for (part of parts(); track part.name) {
        <li>
          <span class="who"><a class="plain-link" routerLink="/transactions" [queryParams]="part.rows">{{ part.name }}</a><span class="cap muted">{{ texts.rowCount(part.count) }}</span></span>
          <span class="bar" aria-hidden="true"><i [style.width.%]="part.share"></i></span>
          <pf-money [value]="part.amount" sign="balance" />
        </li>
      }
      @if (others(); as rest) {
        <li><span class="who">{{ texts.others }}<span class="cap muted">{{ texts.rowCount(rest.count) }}</span></span><span class="bar" aria-hidden="true"><i [style.width.%]="share(rest.amount)"></i></span><pf-money [value]="rest.amount" sign="balance" /></li>
      }
    </ul>
  `,
  styles: `
    li { position: relative; display: grid; grid-template-columns: minmax(96px, 160px) minmax(0, 1fr) minmax(84px, auto); gap: 12px; align-items: center; min-height: 46px; }
    .who { overflow-wrap: anywhere; } .cap { display: block; }
    a::after { content: ''; position: absolute; inset: 0 -6px; border-radius: var(--pf-radius-m); }
    li:hover a::after { background: color-mix(in srgb, var(--pf-ink) 4%, transparent); }
    .bar { height: 8px; border-radius: 2px; background: var(--pf-sunk); overflow: hidden; }
    .bar i { display: block; height: 100%; background: var(--c); }
    pf-money { text-align: right; }
  `,
})
export class Where {
  readonly shown = input.required<readonly SpendingRow[]>()
  readonly others = input<{ amount: Money; count: number }>()
  readonly by = input.required<By>()
  readonly hue = input.required<number>()
  /** Of the whole figure; a part's own word is added to it. */
  readonly filter = input.required<TransactionFilter>()
  protected readonly texts = spendingTexts

  readonly #most = computed(() => Math.max(1, ...this.shown().map((row) => toNumber(row.amount))))
  protected readonly parts = computed(() =>
    this.shown().map((row) => {
      const merchant = row.merchant ?? ''
      const category = row.category ?? 'uncategorised'
      return {
        name: this.by() === 'merchant' ? categoryName(category) : merchant === '' ? spendingTexts.unnamed : merchant,
        count: row.count,
        amount: row.amount,
        share: this.share(row.amount),
        rows: { ...this.filter(), category, merchant },
      }
    }),
  )

  protected share(amount: Money): number {
    return Math.min(100, Math.max(0, (toNumber(amount) / this.#most()) * 100))
  }
}
