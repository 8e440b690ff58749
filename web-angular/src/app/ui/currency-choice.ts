import { Component, input, output } from '@angular/core'
import { texts } from '../texts.ts'

/** One currency at a time: amounts of two are never added. Nothing to choose where there is one. */
@Component({
  selector: 'pf-currency-choice',
  template: `
    @if (currencies().length > 1) {
      <div class="seg" role="group" [attr.aria-label]="label">
        @for (currency of currencies(); track currency) {
          <button type="button" [attr.aria-pressed]="currency === value()" (click)="choose.emit(currency)">{{ currency }}</button>
        }
      </div>
    }
  `,
})
export class CurrencyChoice {
  readonly currencies = input.required<readonly string[]>()
  readonly value = input.required<string>()
  readonly choose = output<string>()
  protected readonly label = texts.dashboard.currency
}
