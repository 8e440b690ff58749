import { Component, computed, input } from '@angular/core'
import { RouterLink } from '@angular/router'
import type { Account } from '../../api/types.ts'
import { accountTexts } from '../../texts/accounts.ts'
import { proofTexts } from '../../texts/proof.ts'
import { texts } from '../../texts.ts'
import { plainDay, whenText } from '../../ui/days.ts'
import { figureText } from '../../ui/format.ts'
import { MoneyText } from '../../ui/money.ts'
import { ProofBadge, ruleOf } from '../../ui/proof.ts'

/** The account's figures, what each is as of, and what its proof says in words. */
@Component({
  selector: 'pf-account-head',
  imports: [MoneyText, ProofBadge, RouterLink],
  host: { class: 'card' },
  template: `
    <div>
      <span class="label">{{ account().kind === 'card' || account().kind === 'loan' ? texts.owed : texts.booked }}</span>
      @if (account().balances.booked; as booked) {
        <span><pf-money [class]="'display ' + rule()" [value]="booked" /></span>
        <pf-proof [proof]="account().proof" [long]="true" />
      } @else { <span class="muted">{{ noBalance }}</span> }
      <p class="cap muted why">{{ why() }}</p>
    </div>
    @if (account().balances.available; as available) {
      <div>
        <span class="label">{{ texts.available }}</span>
        <pf-money class="fig" [value]="available" />
        @if (account().balances.credit_limit; as limit) { <span class="cap muted veil">{{ texts.limit(figureText(limit)) }}</span> }
      </div>
    }
    @if (account().balances.as_of; as at) { <div><span class="label">{{ texts.asOfLabel }}</span><span class="fig plain">{{ whenText(at) }}</span></div> }
    <div>
      <span class="label">{{ texts.rows }}</span>
      <a class="fig plain" routerLink="/transactions" [queryParams]="{ account_id: account().id }">{{ texts.allRows }}</a>
      @if (account().first_date; as first) { <span class="cap muted">{{ texts.from(plainDay(first), plainDay(account().last_date ?? first)) }}</span> }
    </div>
  `,
  styles: `
    :host { display: grid; grid-template-columns: minmax(0, 1.6fr) repeat(auto-fit, minmax(150px, 1fr)); gap: 16px 24px; align-items: start; }
    div { display: grid; gap: 4px; justify-items: start; }
    .why { max-width: 52ch; margin-top: 4px; }
    .plain { font: var(--pf-text-title-2); line-height: 1.875rem; }
    @media (max-width: 999px) { :host { grid-template-columns: repeat(2, minmax(0, 1fr)); } :host > :first-child { grid-column: 1 / -1; } }
  `,
})
export class AccountHead {
  readonly account = input.required<Account>()
  protected readonly texts = accountTexts
  protected readonly noBalance = texts.accounts.noBalance
  protected readonly figureText = figureText
  protected readonly whenText = whenText
  protected readonly plainDay = plainDay
  protected readonly rule = computed(() => ruleOf(this.account().proof))
  protected readonly why = computed(() => {
    const { status, verified_to, reason } = this.account().proof
    const day = verified_to === null ? undefined : plainDay(verified_to)
    if (status === 'gap') return day === undefined ? accountTexts.gap : accountTexts.gapAfter(day)
    if (status === 'verified' && day !== undefined) return accountTexts.proven(day)
    return proofTexts.why[reason ?? ''] ?? proofTexts.whyUnknown
  })
}
