import { Component, computed, input } from '@angular/core'
import { linear } from './scale.ts'

const width = 96
const height = 28

/** How a figure went, without axes: a step a day. It says nothing that its label does not say. */
@Component({
  selector: 'pf-sparkline',
  template: `
    <svg class="chart" [attr.viewBox]="'0 0 ' + width + ' ' + height" [attr.width]="width" [attr.height]="height" role="img" [attr.aria-label]="label()">
      @if (points(); as points) { <polyline class="now" [attr.points]="points" /> }
    </svg>
  `,
  styles: ':host { display: block; } svg { width: 96px; } .now { stroke-width: 1.5; }',
})
export class Sparkline {
  readonly values = input.required<readonly number[]>()
  readonly label = input.required<string>()
  protected readonly width = width
  protected readonly height = height
  protected readonly points = computed(() => {
    const values = this.values()
    if (values.length < 2) return ''
    const x = linear([0, values.length - 1], [1, width - 1])
    const y = linear([Math.min(...values), Math.max(...values)], [height - 3, 3])
    const flat = Math.min(...values) === Math.max(...values)
    const at = (value: number) => (flat ? height / 2 : y(value))
    return values
      .flatMap((value, index) => {
        const before = values[index - 1]
        const here = `${x(index)},${at(value)}`
        return before === undefined ? [here] : [`${x(index)},${at(before)}`, here]
      })
      .join(' ')
  })
}
