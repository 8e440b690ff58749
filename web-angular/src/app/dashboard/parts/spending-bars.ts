import { Component, computed, input, signal } from '@angular/core'
import { RouterLink } from '@angular/router'
import type { SpendingAnswer } from '../../api/types.ts'
import { texts } from '../../texts.ts'
import { toNumber } from '../../ui/amount.ts'
import { CategoryMark, categoryLook, categoryName } from '../../ui/category.ts'
import { MoneyText } from '../../ui/money.ts'

const mostShown = 9

/** Spending by category, largest first; each opens its rows. */
@Component({
  selector: 'pf-spending-bars',
  imports: [CategoryMark, MoneyText, RouterLink],
  template: `
    <ul>
      @for (bar of open() ? bars() : bars().slice(0, most); track bar.category) {
        <li>
          <pf-category-mark [category]="bar.category" />
          <a class="plain-link" routerLink="/transactions" [queryParams]="bar.rows">{{ bar.name }}</a>
          <span [class]="'bar k' + bar.hue" aria-hidden="true"><i [style.width.%]="bar.share"></i></span>
          <pf-money [value]="bar.amount" sign="balance" />
        </li>
      }
    </ul>
    @if (bars().length > most) {
      <button type="button" [attr.aria-expanded]="open()" (click)="open.set(!open())">{{ open() ? texts.fewer : texts.allCategories(bars().length) }}</button>
    }
  `,
  styles: `
    li { position: relative; display: grid; grid-template-columns: 28px minmax(76px, 112px) minmax(0, 1fr) minmax(84px, auto); gap: 12px; align-items: center; min-height: 38px; }
    a { overflow-wrap: anywhere; }
    a::after { content: ''; position: absolute; inset: 0 -6px; border-radius: var(--pf-radius-m); }
    li:hover a::after { background: color-mix(in srgb, var(--pf-ink) 4%, transparent); }
    .bar { height: 8px; border-radius: 2px; background: var(--pf-sunk); overflow: hidden; }
    .bar i { display: block; height: 100%; background: var(--c); }
    pf-money { text-align: right; }
    button { min-height: 32px; margin-top: 4px; padding: 0; border: 0; background: none; color: var(--pf-primary); font: var(--pf-text-small); font-weight: 550; cursor: pointer; }
    @media (max-width: 719px) { li { grid-template-columns: 28px 98px minmax(0, 1fr) minmax(78px, auto); gap: 8px; min-height: 44px; } }
  `,
})
export class SpendingBars {
  readonly rows = input.required<SpendingAnswer['items']>()
  readonly days = input.required<{ from: string; to: string }>()
  protected readonly texts = texts.dashboard
  protected readonly most = mostShown
  protected readonly open = signal(false)

  protected readonly bars = computed(() => {
    const most = Math.max(1, ...this.rows().map((row) => toNumber(row.amount)))
    return this.rows().map((row) => {
      const category = row.category ?? 'uncategorised'
      return {
        category,
        name: categoryName(category),
        hue: categoryLook(category).hue,
        amount: row.amount,
        share: Math.max(0, (toNumber(row.amount) / most) * 100),
        rows: {
          figure: 'spending',
          currency: row.amount.currency,
          category,
          date_from: this.days().from,
          date_to: this.days().to,
        },
      }
    })
  })
}
