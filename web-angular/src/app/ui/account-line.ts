import { Component, computed, input } from '@angular/core'
import { RouterLink } from '@angular/router'
import type { Account, AccountKind } from '../api/types.ts'
import { texts } from '../texts.ts'
import { BankMark } from './bank-mark.ts'
import { MoneyText } from './money.ts'
import { DemoPill } from './pills.ts'
import { ProofBadge, ruleOf } from './proof.ts'

/** In the order of the lists. */
export const accountKinds: readonly AccountKind[] = ['current', 'savings', 'card', 'loan', 'other']

/** An account in a list: opens into the account; its figure carries the rule of its proof. `[trend]` stands before it. */
@Component({
  selector: 'li[pf-account-line]',
  imports: [BankMark, DemoPill, MoneyText, ProofBadge, RouterLink],
  template: `
    <pf-bank-mark [bank]="account().institution" />
    <span class="grow">
      <span class="name">
        <a class="plain-link" [routerLink]="to()">{{ account().name }}</a>
        @if (lastFour(); as four) { &ngsp;<span class="faint light nowrap">··{{ four }}</span> }
      </span>
      <span class="sub">{{ account().institution.name }}@if (account().demo) { &ngsp;<pf-demo /> }</span>
    </span>
    <ng-content select="[trend]" />
    <span class="amt tall">
      @if (account().balances.booked; as booked) {
        <pf-money [class]="rule()" [value]="booked" />
        <span class="under"><pf-proof [proof]="account().proof" [link]="to()" /></span>
      } @else {
        <span class="muted small">{{ noBalance }}</span>
      }
    </span>
    <ng-content />
  `,
  styles: '.amt { min-width: var(--pf-amount-column, auto); }',
})
export class AccountLine {
  readonly account = input.required<Account>()
  protected readonly noBalance = texts.accounts.noBalance
  protected readonly to = computed(() => `/accounts/${this.account().id}`)
  protected readonly rule = computed(() => ruleOf(this.account().proof))
  protected readonly lastFour = computed(() => this.account().iban_masked?.slice(-4))
}
