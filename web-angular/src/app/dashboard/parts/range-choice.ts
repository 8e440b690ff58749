import { Component, input, output } from '@angular/core'
import { dashboardTexts } from '../../texts/dashboard.ts'
import { type Against, againstOf, againsts, type Range, rangeOf, ranges } from '../period.ts'

export type Asked = { range?: Range; against?: Against }

/** Which days, and what they stand beside: the browser's own lists, which a phone opens at its own size. */
@Component({
  selector: 'pf-range-choice',
  template: `
    <select #days [attr.aria-label]="texts.range" (change)="choose.emit({ range: rangeOf(days.value) })">
      @for (one of ranges; track one) { <option [value]="one" [selected]="one === range()">{{ texts.ranges[one] }}</option> }
    </select>
    <select #beside [attr.aria-label]="texts.against" (change)="choose.emit({ against: againstOf(beside.value) })">
      @for (one of againsts; track one) { <option [value]="one" [selected]="one === against()">{{ one === 'year' ? texts.againsts.year : texts.againsts.before[range()] }}</option> }
    </select>
  `,
  styles: `
    :host { display: flex; gap: 8px; min-width: 0; }
    select { height: var(--pf-control); max-width: 100%; padding: 0 8px; border: 1px solid var(--pf-line); border-radius: var(--pf-radius-m); background: var(--pf-surface); color: var(--pf-ink-2); font: var(--pf-text-small); cursor: pointer; }
    select:hover { border-color: var(--pf-line-strong); }
    @media (max-width: 719px) { select { flex: none; min-width: 0; padding: 0 4px; text-overflow: ellipsis; field-sizing: content; } select + select { flex: 1 1 0; } }
    option { background: var(--pf-surface); color: var(--pf-ink); }
  `,
})
export class RangeChoice {
  readonly range = input.required<Range>()
  readonly against = input.required<Against>()
  readonly choose = output<Asked>()
  protected readonly texts = dashboardTexts
  protected readonly ranges = ranges
  protected readonly againsts = againsts
  protected readonly rangeOf = rangeOf
  protected readonly againstOf = againstOf
}
