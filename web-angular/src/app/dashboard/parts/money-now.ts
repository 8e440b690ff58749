import { Component, input } from '@angular/core'
import { RouterLink } from '@angular/router'
import { texts } from '../../texts.ts'
import { MoneyText } from '../../ui/money.ts'
import { ProofBadge, ruleOf } from '../../ui/proof.ts'
import type { Now } from '../figures.ts'

/** What is there now: one figure for each kind, each currency for itself, each with the rule of its proof. */
@Component({
  selector: 'pf-money-now',
  imports: [MoneyText, ProofBadge, RouterLink],
  template: `
    @for (one of now(); track one.kind) {
      <div>
        <span class="label">{{ one.kind === 'net_worth' ? texts.netWorth : texts.kinds[one.kind] }}</span>
        @for (sum of one.sums; track sum.currency) {
          <a class="plain-link" [routerLink]="one.link"><pf-money [class]="'fig ' + ruleOf(one.proof)" [value]="sum" /></a>
        }
        <pf-proof [proof]="one.proof" [long]="true" link="/accounts" />
      </div>
    }
  `,
  styles: `
    :host { display: flex; flex-wrap: wrap; gap: var(--pf-space-4) var(--pf-space-10); align-items: flex-start; padding: 0 4px; }
    div { display: grid; gap: 4px; justify-items: start; }
    a.plain-link:hover { text-decoration: none; }
    @media (max-width: 719px) { :host { display: grid; grid-template-columns: repeat(auto-fill, minmax(136px, 1fr)); gap: 16px 12px; } }
  `,
})
export class MoneyNow {
  readonly now = input.required<readonly Now[]>()
  protected readonly texts = texts.dashboard
  protected readonly ruleOf = ruleOf
}
