import { Component, computed, inject, input } from '@angular/core'
import type { DailyBalance } from '../../api/types.ts'
import { accountsTexts } from '../../texts/accounts.ts'
import { toNumber } from '../../ui/amount.ts'
import { figureText } from '../../ui/format.ts'
import { Privacy } from '../../ui/privacy.ts'
import { Sparkline } from '../../ui/sparkline.ts'

/** How an account's balance went these last days; its room is kept while nobody knows. */
@Component({
  selector: 'pf-account-trend',
  imports: [Sparkline],
  template: '@if (values().length > 1) { <pf-sparkline [values]="values()" [label]="label()" /> }',
  styles:
    ':host { flex: none; display: block; width: 96px; height: 28px; } @media (max-width: 719px) { :host { display: none; } }',
})
export class AccountTrend {
  readonly name = input.required<string>()
  readonly days = input<readonly DailyBalance[]>()
  /** As many days as these are. */
  readonly span = input.required<number>()
  readonly #privacy = inject(Privacy)
  protected readonly values = computed(() => (this.days() ?? []).map(({ booked }) => toNumber(booked)))
  protected readonly label = computed(() => {
    const [first, last] = [this.days()?.[0], this.days()?.at(-1)]
    if (this.#privacy.on() || !first || !last) return accountsTexts.sparkHidden(this.name())
    return accountsTexts.spark(this.name(), figureText(first.booked), figureText(last.booked), this.span())
  })
}
