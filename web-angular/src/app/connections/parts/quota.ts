import { Component, computed, input } from '@angular/core'
import type { QuotaLine } from '../../api/types.ts'
import { connectionsTexts } from '../../texts/connections.ts'
import { whenText } from '../../ui/days.ts'
import { quotaRows } from '../look.ts'

/** The bank's daily calls in the open: pips for the eye, "3 of 4 left" for everybody. */
@Component({
  selector: 'pf-quota',
  template: `
    <h3>{{ texts.quota }}</h3>
    <ul>
      @for (row of rows(); track row.key) {
        <li>
          <span class="grow">{{ row.label }}</span>
          <span class="pips" aria-hidden="true">@for (pip of pips(row.limit); track pip) { <i [class.l]="pip <= row.remaining"></i> }</span>
          <span class="nowrap muted">{{ texts.left(row.remaining, row.limit) }}</span>
        </li>
      }
    </ul>
    @if (back(); as when) { <p class="cap muted">{{ texts.comesBack(when) }}</p> }
  `,
  styles: `
    :host { display: grid; gap: 8px; }
    ul { display: grid; gap: 6px; }
    li { display: flex; gap: 12px; align-items: center; font: var(--pf-text-small); }
    .pips { display: inline-flex; gap: 3px; }
    .pips i { width: 14px; height: 8px; border-radius: 2px; box-shadow: inset 0 0 0 1px var(--pf-line-strong); }
    .pips i.l { background: var(--pf-chart-line); box-shadow: none; }
  `,
})
export class Quota {
  readonly quota = input.required<readonly QuotaLine[]>()
  readonly names = input.required<ReadonlyMap<string, string>>()
  protected readonly texts = connectionsTexts
  protected readonly rows = computed(() => quotaRows(this.quota(), this.names()))
  /** Only where a call is used up does it matter when the next one comes. */
  protected readonly back = computed(() => {
    const used = this.rows().filter((row) => row.remaining < row.limit && row.resetsAt !== null)
    const first = used.map((row) => row.resetsAt ?? '').sort()[0]
    return first && whenText(first)
  })

  protected pips(limit: number): number[] {
    return limit > 12 ? [] : Array.from({ length: limit }, (_, index) => index + 1)
  }
}
