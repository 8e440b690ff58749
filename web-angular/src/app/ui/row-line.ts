import { Component, computed, input } from '@angular/core'
import type { Account, Transaction } from '../api/types.ts'
import { texts } from '../texts.ts'
import { CategoryMark, categoryName } from './category.ts'
import { dayText } from './days.ts'
import { MoneyText } from './money.ts'
import { PendingPill } from './pills.ts'

export const rowName = (row: Transaction): string =>
  row.counterparty ?? (row.description === '' ? texts.noText : row.description)

/** "Current ··4471" */
export const accountName = (account: Pick<Account, 'name' | 'iban_masked'>): string =>
  account.iban_masked === null ? account.name : `${account.name} ··${account.iban_masked.slice(-4)}`

/** By id, as a row names its account. */
export const accountNames = (accounts: readonly Account[]): ReadonlyMap<string, string> =>
  new Map(accounts.map((account) => [account.id, accountName(account)]))

/** A row of money in a short list: mark, name, day and account, amount. */
@Component({
  selector: 'li[pf-row-line]',
  imports: [CategoryMark, MoneyText, PendingPill],
  template: `
    <pf-category-mark [category]="row().category" />
    <span class="grow">
      <span class="name whoc"><span class="who">{{ name() }}</span>@if (row().status === 'pending') { <pf-pending /> }</span>
      <span class="sub">{{ line() }}</span>
    </span>
    <pf-money class="amt" [value]="row().amount" sign="flow" />
  `,
})
export class RowLine {
  readonly row = input.required<Transaction>()
  readonly account = input<string>()

  protected readonly name = computed(() => rowName(this.row()))
  protected readonly line = computed(() =>
    [dayText(this.row().date), categoryName(this.row().category), this.account()].filter(Boolean).join(' · '),
  )
}
