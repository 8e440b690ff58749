import { Component, inject } from '@angular/core'
import { MatButton } from '@angular/material/button'
import { RouterLink } from '@angular/router'
import { texts } from '../texts.ts'
import { AccountLine } from '../ui/account-line.ts'
import { Card } from '../ui/card.ts'
import { Empty } from '../ui/empty.ts'
import { MoneyText } from '../ui/money.ts'
import { PageHead } from '../ui/page-head.ts'
import { AccountsStore } from './store.ts'

@Component({
  selector: 'pf-accounts',
  imports: [AccountLine, Card, Empty, MatButton, MoneyText, PageHead, RouterLink],
  providers: [AccountsStore],
  template: `
    <pf-page-head [heading]="texts.title">
      <span asof>@if (store.accounts.value(); as list) { {{ texts.count(list.items.length) }} }</span>
    </pf-page-head>
    <div class="stack">
      @for (group of store.groups(); track group.kind) {
        <pf-card [heading]="texts.kinds[group.kind]" [state]="store.accounts.state()" (retry)="store.accounts.refresh()">
          <span end class="strong sums">@for (sum of group.sums; track sum.currency) { <pf-money [value]="sum" /> }</span>
          <ul class="list">@for (account of group.accounts; track account.id) { <li pf-account-line [account]="account"></li> }</ul>
        </pf-card>
      } @empty {
        <pf-card [heading]="texts.title" [state]="store.accounts.state()" [rows]="4" [rowHeight]="56" (retry)="store.accounts.refresh()">
          @if (store.accounts.value()) {
            <pf-empty [text]="texts.empty"><a matButton="filled" routerLink="/connections/add">{{ texts.connect }}</a></pf-empty>
          }
        </pf-card>
      }
    </div>
  `,
  styles: '.sums { display: grid; justify-items: end; }',
})
export class AccountsPage {
  protected readonly store = inject(AccountsStore)
  protected readonly texts = texts.accounts
}
