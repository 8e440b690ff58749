import { Component, computed, input, output } from '@angular/core'
import type { Account } from '../api/types.ts'
import { texts } from '../texts.ts'
import { ChoiceChip } from './choice-chip.ts'
import { accountName } from './row-line.ts'

/** One account, or all of them. */
@Component({
  selector: 'pf-account-choice',
  imports: [ChoiceChip],
  template: `<pf-choice-chip [label]="label" [choices]="choices()" [value]="value()" (choose)="choose.emit($event)" />`,
})
export class AccountChoice {
  readonly accounts = input.required<readonly Account[]>()
  readonly value = input<string>()
  readonly choose = output<string | undefined>()

  protected readonly label = texts.accounts.all
  protected readonly choices = computed(() =>
    this.accounts().map((account) => ({ value: account.id, text: accountName(account) })),
  )
}
