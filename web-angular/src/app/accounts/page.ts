import { Component, inject } from '@angular/core'
import { accountsTexts } from '../texts/accounts.ts'
import { texts } from '../texts.ts'
import { AccountLine } from '../ui/account-line.ts'
import { Card } from '../ui/card.ts'
import { MoneyText } from '../ui/money.ts'
import { NotBegun } from '../ui/not-begun.ts'
import { PageHead } from '../ui/page-head.ts'
import { problemText } from '../ui/problem-text.ts'
import { Strip } from '../ui/strip.ts'
import { AccountMenu } from './parts/account-menu.ts'
import { AccountTrend } from './parts/account-trend.ts'
import { AccountsStore, trendDays } from './store.ts'

@Component({
  selector: 'pf-accounts',
  imports: [AccountLine, AccountMenu, AccountTrend, Card, MoneyText, NotBegun, PageHead, Strip],
  providers: [AccountsStore],
  template: `
    <pf-page-head [heading]="texts.title">
      <span asof>@if (store.accounts.value()?.items?.length; as n) { {{ texts.count(n) }} }</span>
    </pf-page-head>
    <div class="stack">
      @if (store.renameProblem(); as problem) { <pf-strip kind="err">{{ problem }}</pf-strip> }
      @if (store.hideProblem(); as problem) { <pf-strip kind="err">{{ problemText(problem) }} {{ words.hideFailed }}</pf-strip> }
      @for (group of store.groups(); track group.kind) {
        <pf-card [heading]="texts.kinds[group.kind]" [state]="store.accounts.state()" (retry)="store.accounts.refresh()">
          <span end class="strong sums">@for (sum of group.sums; track sum.currency) { <pf-money [value]="sum" /> }</span>
          <ul class="list">
            @for (account of group.accounts; track account.id) {
              <li pf-account-line [account]="account">
                <pf-account-trend trend [name]="account.name" [days]="store.daysOf(account.id)" [span]="trendDays" />
                <pf-account-menu [account]="account" (rename)="store.rename(account, $event)" (choose)="store.choose(account, $event)" (hide)="store.hide(account.id)" />
              </li>
            }
          </ul>
        </pf-card>
      } @empty {
        @if (store.hidden().length === 0) {
          <pf-card [heading]="texts.title" [state]="store.accounts.state()" [rows]="4" [rowHeight]="56" (retry)="store.accounts.refresh()">
            @if (store.accounts.value()) {
              <pf-not-begun />
            }
          </pf-card>
        }
      }
      @if (store.hidden().length > 0) {
        <details class="card">
          <summary>{{ words.hidden(store.hidden().length) }}</summary>
          <p class="cap muted">{{ words.hiddenNote }}</p>
          <ul class="list">
            @for (account of store.hidden(); track account.id) {
              <li pf-account-line [account]="account"><pf-account-menu [account]="account" [hidden]="true" (rename)="store.rename(account, $event)" (choose)="store.choose(account, $event)" (show)="store.show(account.id)" /></li>
            }
          </ul>
        </details>
      }
    </div>
  `,
  styles: `
    .list { --pf-amount-column: 112px; }
    @media (max-width: 719px) { .list { --pf-amount-column: auto; } .list > li { gap: 8px; } pf-account-menu { margin: 0 -14px 0 -4px; } }
    .sums { display: grid; justify-items: end; }
    summary { cursor: pointer; font: var(--pf-text-body-strong); }
  `,
})
export class AccountsPage {
  protected readonly store = inject(AccountsStore)
  protected readonly texts = texts.accounts
  protected readonly words = accountsTexts
  protected readonly problemText = problemText
  protected readonly trendDays = trendDays
}
