import { Component } from '@angular/core'
import { texts } from '../texts.ts'
import { Icon } from './icon.ts'

@Component({
  selector: 'pf-pending',
  imports: [Icon],
  host: { class: 'pill pend dash' },
  template: '<pf-icon name="schedule" [small]="true" /><span class="l">{{ word }}</span>',
})
export class PendingPill {
  protected readonly word = texts.pending
}

/** Invented money: kept out of the totals as soon as there is real money. */
@Component({
  selector: 'pf-demo',
  imports: [Icon],
  host: { class: 'pill' },
  template: '<pf-icon name="science" [small]="true" /><span>{{ word }}</span>',
})
export class DemoPill {
  protected readonly word = texts.demo
}
