import { Component, computed, input } from '@angular/core'
import type { Connection } from '../../api/types.ts'
import { connectionsTexts } from '../../texts/connections.ts'
import { plainDay, today } from '../../ui/days.ts'
import { consentOf } from '../look.ts'

/** How long the bank still lets us read: days left, the day it ends, and how much has gone. */
@Component({
  selector: 'pf-consent-meter',
  template: `
    <div class="between">
      <b [class.warn]="warn()">{{ left() }}</b><span class="small muted">{{ ends() }}</span>
    </div>
    <div class="meter" [class.att]="warn()" aria-hidden="true"><i [style.width.%]="days().share"></i></div>
    <span class="cap muted">{{ given() }}</span>
  `,
  styles: `
    b { font-weight: 600; } .warn { color: var(--pf-attention); }
    .meter { height: 6px; margin: 8px 0 4px; border-radius: 3px; overflow: hidden; background: var(--pf-sunk); box-shadow: inset 0 0 0 1px var(--pf-line); }
    .meter i { display: block; height: 100%; background: var(--pf-chart-compare); } .meter.att i { background: var(--pf-attention); }
  `,
})
export class ConsentMeter {
  readonly consent = input.required<NonNullable<Connection['consent']>>()
  readonly soon = input(false)

  protected readonly days = computed(() => consentOf(this.consent(), today()))
  protected readonly warn = computed(() => this.soon() || this.days().left < 0)
  protected readonly left = computed(() =>
    this.days().left < 0 ? connectionsTexts.ended : connectionsTexts.daysLeft(this.days().left),
  )
  protected readonly given = computed(() =>
    connectionsTexts.given(plainDay(this.consent().granted_at.slice(0, 10)), this.days().total),
  )
  protected readonly ends = computed(() => {
    const day = plainDay(this.consent().expires_at.slice(0, 10))
    return this.days().left < 0 ? connectionsTexts.endedOn(day) : connectionsTexts.endsOn(day)
  })
}
