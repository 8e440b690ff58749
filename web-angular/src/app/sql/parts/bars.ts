import { Component, computed, input } from '@angular/core'
import { sqlTexts } from '../../texts/sql.ts'
import type { Bars } from '../answer.ts'

/** A figure by a name, as bars from a line in the middle where some are below nothing. */
@Component({
  selector: 'pf-bars',
  template: `
    <ul [attr.aria-label]="label()">
      @for (bar of bars(); track $index) {
        <li><span class="name" [title]="bar.name">{{ bar.name }}</span><span class="bar" aria-hidden="true"><i [class.below]="bar.below" [style.left.%]="bar.from" [style.width.%]="bar.share"></i></span><span class="veil figure">{{ bar.text }}</span></li>
      }
    </ul>
  `,
  styles: `
    li { display: grid; grid-template-columns: minmax(80px, 200px) minmax(0, 1fr) auto; gap: 12px; align-items: center; min-height: 28px; font: var(--pf-text-small); }
    .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .bar { position: relative; height: 12px; background: var(--pf-sunk); border-radius: 2px; }
    .bar i { position: absolute; top: 0; bottom: 0; background: var(--pf-bar-in); border-radius: 2px; } .bar .below { background: var(--pf-bar-out); }
    .figure { text-align: right; min-width: 80px; }
  `,
})
export class BarsView {
  readonly of = input.required<Bars>()
  protected readonly label = computed(() => sqlTexts.chartLabel(this.of().value, this.of().by))
  protected readonly bars = computed(() => {
    const values = this.of().bars.map((bar) => bar.value)
    const low = Math.min(0, ...values)
    const span = Math.max(0, ...values) - low || 1
    const place = (value: number) => ((value - low) / span) * 100
    return this.of().bars.map((bar) => ({
      ...bar,
      below: bar.value < 0,
      from: Math.min(place(0), place(bar.value)),
      share: Math.abs(place(bar.value) - place(0)),
    }))
  })
}
