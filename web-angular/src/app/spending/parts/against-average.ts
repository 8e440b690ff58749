import { Component, computed, inject, input } from '@angular/core'
import { spendingTexts } from '../../texts/spending.ts'
import { texts } from '../../texts.ts'
import { toNumber } from '../../ui/amount.ts'
import { shortMonth } from '../../ui/days.ts'
import { axisText, figureText } from '../../ui/format.ts'
import { Privacy } from '../../ui/privacy.ts'
import { linear, ticks } from '../../ui/scale.ts'
import { Width } from '../../ui/width.ts'
import type { HeatRow } from '../heat.ts'

const left = 40
const right = 58
const top = 10
const bottom = 24

/** One category's (or merchant's) months as bars, its average as a dashed line; the month that is not over is hatched. */
@Component({
  selector: 'pf-against-average',
  imports: [Width],
  template: `
    <div pfWidth #box="pfWidth" [style.height.px]="height" [class]="'k' + hue()">
      @if (box.px() > 0) {
        @let c = chart(box.px());
        <svg class="chart" [attr.width]="box.px()" [attr.height]="height" role="img" [attr.aria-label]="label()">
          <defs><pattern id="pf-hatch-spent" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="bar" width="3" height="5" /></pattern></defs>
          @for (tick of c.ticks; track tick.y) {
            <line [class]="tick.zero ? 'zero' : 'grid-l'" [attr.x1]="left" [attr.x2]="c.end" [attr.y1]="tick.y" [attr.y2]="tick.y" />
            <text class="axis" [attr.x]="left - 8" [attr.y]="tick.y + 4" text-anchor="end">{{ tick.text }}</text>
          }
          @for (bar of c.bars; track bar.month) {
            <rect [class]="bar.open ? 'bar not-over' : 'bar'" [attr.x]="bar.x" [attr.y]="bar.y" [attr.width]="c.width" [attr.height]="bar.height" rx="1" />
            <text [attr.x]="bar.middle" [attr.y]="height - 6" text-anchor="middle" [class.t-strong]="bar.chosen">{{ bar.text }}</text>
          }
          <line class="halo" [attr.x1]="left" [attr.x2]="c.end" [attr.y1]="c.average" [attr.y2]="c.average" />
          <line class="average" [attr.x1]="left" [attr.x2]="c.end" [attr.y1]="c.average" [attr.y2]="c.average" />
          <text class="t-strong axis" [attr.x]="c.end + 6" [attr.y]="c.average - 3">{{ c.figure }}</text>
          <text [attr.x]="c.end + 6" [attr.y]="c.average + 11">{{ texts.averageShort }}</text>
        </svg>
      }
    </div>
  `,
  styles: `
    .bar { fill: var(--c); } .not-over { fill: url(#pf-hatch-spent); stroke: var(--c); }
    .halo { stroke: var(--pf-surface); stroke-width: 4; } .average { stroke: var(--pf-ink); stroke-width: 1.5; stroke-dasharray: 5 3; }
  `,
})
export class AgainstAverage {
  readonly row = input.required<HeatRow>()
  readonly name = input.required<string>()
  readonly hue = input.required<number>()
  readonly months = input.required<readonly string[]>()
  readonly month = input.required<string>()
  /** The month that is not over. */
  readonly open = input.required<string>()
  readonly #privacy = inject(Privacy)
  protected readonly texts = spendingTexts
  protected readonly left = left
  protected readonly height = 240

  protected readonly label = computed(() =>
    spendingTexts.againstLabel(this.name(), this.#privacy.on() ? texts.hidden : figureText(this.row().average)),
  )

  protected chart(width: number) {
    const end = width - right
    const from = width < 360 ? this.months().length - 6 : 0
    const months = this.months().slice(from)
    const numbers = this.row()
      .cells.slice(from)
      .map((cell) => (cell ? toNumber(cell) : 0))
    const average = toNumber(this.row().average)
    const values = ticks(Math.min(0, ...numbers), Math.max(1, average, ...numbers))
    const y = linear([values[0] ?? 0, values.at(-1) ?? 1], [this.height - bottom, top])
    const step = (end - left) / Math.max(1, months.length)
    const bar = Math.min(32, step * 0.5)
    const { currency } = this.row().total
    return {
      end,
      width: bar,
      ticks: values.map((value) => ({ y: y(value), zero: value === 0, text: axisText(value, currency) })),
      average: y(average),
      figure: axisText(Math.round(average), currency),
      bars: months.map((month, index) => ({
        month,
        x: left + step * (index + 0.5) - bar / 2,
        middle: left + step * (index + 0.5),
        y: Math.min(y(0), y(numbers[index] ?? 0)),
        height: Math.abs(y(0) - y(numbers[index] ?? 0)),
        open: month === this.open(),
        chosen: month === this.month(),
        text: shortMonth(month),
      })),
    }
  }
}
