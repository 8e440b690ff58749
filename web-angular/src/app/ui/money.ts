import { Component, computed, inject, input } from '@angular/core'
import type { Money } from '../api/types.ts'
import { texts } from '../texts.ts'
import { isNegative, isZero } from './amount.ts'
import { figureParts, type SignStyle } from './format.ts'
import { Privacy } from './privacy.ts'

/**
 * A figure: pounds in ink, pence quieter, never wrapped.
 * Injects `Privacy`, the one exception among the parts: a hidden amount must not be read out either.
 */
@Component({
  selector: 'pf-money',
  host: { class: 'money', '[class.in]': 'comesIn()' },
  template: `@if (hidden()) {<span class="sr">{{ word }}</span>}<span class="seen" [attr.aria-hidden]="hidden() || null">{{ parts().lead }}<span class="p">{{ parts().pence }}</span>{{ parts().tail }}</span>`,
})
export class MoneyText {
  readonly value = input.required<Money>()
  readonly sign = input<SignStyle>('balance')
  protected readonly hidden = inject(Privacy).on.asReadonly()
  protected readonly word = texts.hidden

  protected readonly parts = computed(() => figureParts(this.value(), this.sign()))
  protected readonly comesIn = computed(
    () => this.sign() === 'flow' && !isNegative(this.value()) && !isZero(this.value()),
  )
}
